// Shows the filters, and only those calls that pass them. Reads the page, and nothing else.
'use strict';
(() => {
  const form = document.getElementById('filters');
  if (!form) return;
  const calls = Array.from(document.querySelectorAll('article.call[data-verdict]'));
  const shown = document.getElementById('shown');
  const button = document.getElementById('open-ways');
  const ways = Array.from(document.querySelectorAll('details.way'));

  function apply() {
    const chosen = new FormData(form);
    const verdicts = chosen.getAll('verdict');
    const words = chosen.get('text').toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const call of calls) {
      const { verdict, endpoint, path, rules } = call.dataset;
      const passes =
        verdicts.includes(verdict) &&
        (!chosen.get('endpoint') || endpoint === chosen.get('endpoint')) &&
        (!chosen.get('folder') || path.startsWith(chosen.get('folder'))) &&
        (!chosen.get('rule') || rules.split(' ').includes(chosen.get('rule'))) &&
        (words.length === 0 || words.every((word) => call.textContent.toLowerCase().includes(word)));
      call.hidden = !passes;
      if (passes) number += 1;
    }
    shown.textContent = `${number} of ${calls.length} ${calls.length === 1 ? 'call' : 'calls'} shown`;
  }

  function setWays(open) {
    for (const way of ways) way.open = open;
    button.setAttribute('aria-pressed', String(open));
  }

  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply, 0));
  button.addEventListener('click', () => setWays(button.getAttribute('aria-pressed') !== 'true'));

  // paper has no buttons
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = ways.filter((way) => !way.open);
    for (const way of opened) way.open = true;
  });
  addEventListener('afterprint', () => {
    for (const way of opened) way.open = false;
  });

  form.hidden = false;
  apply();
})();
