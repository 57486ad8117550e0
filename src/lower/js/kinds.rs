//! Node kinds and field names as small numbers, the same for the three grammars.
//!
//! Each grammar numbers its symbols differently and gives several numbers to one name; a table per grammar, built once,
//! turns a node's number into a [`K`], so that lowering compares enums and not strings.

use std::sync::LazyLock;
use tree_sitter::Language;

macro_rules! kinds {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// The named node kinds that lowering tells apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum K {
            /// An anonymous token: a keyword, an operator, a bracket.
            Token,
            /// A named node of no interest.
            Other,
            /// A region the parser could not make sense of.
            Error,
            $(#[doc = $name] $variant,)*
        }

        fn kind_named(name: &str) -> K {
            match name {
                $($name => K::$variant,)*
                _ => K::Other,
            }
        }
    };
}

kinds! {
    Comment = "comment", HtmlComment = "html_comment", HashBang = "hash_bang_line", Program = "program",
    // Statements.
    Export = "export_statement", ImportStatement = "import_statement", ExpressionStatement = "expression_statement",
    StatementBlock = "statement_block", If = "if_statement", ElseClause = "else_clause", Switch = "switch_statement",
    SwitchBody = "switch_body", SwitchCase = "switch_case", SwitchDefault = "switch_default", For = "for_statement",
    ForIn = "for_in_statement", While = "while_statement", Do = "do_statement", Try = "try_statement",
    Catch = "catch_clause", Finally = "finally_clause", With = "with_statement", Return = "return_statement",
    Throw = "throw_statement", Labeled = "labeled_statement", StatementIdentifier = "statement_identifier",
    Empty = "empty_statement", Break = "break_statement", Continue = "continue_statement",
    Debugger = "debugger_statement", VariableDeclaration = "variable_declaration",
    LexicalDeclaration = "lexical_declaration", UsingDeclaration = "using_declaration",
    Declarator = "variable_declarator", FunctionDeclaration = "function_declaration",
    GeneratorDeclaration = "generator_function_declaration", FunctionSignature = "function_signature",
    ClassDeclaration = "class_declaration", AbstractClass = "abstract_class_declaration",
    Interface = "interface_declaration", TypeAlias = "type_alias_declaration", Enum = "enum_declaration",
    EnumBody = "enum_body", EnumAssignment = "enum_assignment", Module = "module", InternalModule = "internal_module",
    Ambient = "ambient_declaration", ImportAlias = "import_alias",
    // Modules.
    ImportClause = "import_clause", NamedImports = "named_imports", ImportSpecifier = "import_specifier",
    NamespaceImport = "namespace_import", ImportRequire = "import_require_clause", ImportAttribute = "import_attribute",
    ExportClause = "export_clause", ExportSpecifier = "export_specifier", NamespaceExport = "namespace_export",
    // Expressions.
    Identifier = "identifier", Shorthand = "shorthand_property_identifier", PropertyIdentifier = "property_identifier",
    PrivateIdentifier = "private_property_identifier", Computed = "computed_property_name", This = "this",
    Super = "super", Import = "import", Number = "number", String = "string", Template = "template_string",
    Substitution = "template_substitution", Regex = "regex", True = "true", False = "false", Null = "null",
    Undefined = "undefined", Object = "object", Pair = "pair", Spread = "spread_element", Array = "array",
    FunctionExpression = "function_expression", GeneratorFunction = "generator_function", Arrow = "arrow_function",
    Class = "class", Meta = "meta_property", Call = "call_expression", New = "new_expression", Await = "await_expression",
    Yield = "yield_expression", Member = "member_expression", Subscript = "subscript_expression",
    Paren = "parenthesized_expression", Assign = "assignment_expression", Augmented = "augmented_assignment_expression",
    Binary = "binary_expression", Unary = "unary_expression", Update = "update_expression",
    Ternary = "ternary_expression", Sequence = "sequence_expression", As = "as_expression",
    Satisfies = "satisfies_expression", TypeAssertion = "type_assertion", NonNull = "non_null_expression",
    Instantiation = "instantiation_expression", JsxElement = "jsx_element", JsxSelfClosing = "jsx_self_closing_element",
    JsxExpression = "jsx_expression", JsxAttribute = "jsx_attribute", JsxText = "jsx_text",
    JsxNamespace = "jsx_namespace_name", JsxOpening = "jsx_opening_element", JsxClosing = "jsx_closing_element",
    HtmlReference = "html_character_reference", Arguments = "arguments", OptionalChain = "optional_chain",
    // Patterns and parameters.
    ObjectPattern = "object_pattern", ArrayPattern = "array_pattern", PairPattern = "pair_pattern",
    RestPattern = "rest_pattern", AssignPattern = "assignment_pattern", ObjectAssign = "object_assignment_pattern",
    ShorthandPattern = "shorthand_property_identifier_pattern", FormalParameters = "formal_parameters",
    RequiredParameter = "required_parameter", OptionalParameter = "optional_parameter",
    Accessibility = "accessibility_modifier", Override = "override_modifier",
    // Classes.
    ClassBody = "class_body", ClassHeritage = "class_heritage", ExtendsClause = "extends_clause",
    ImplementsClause = "implements_clause", ExtendsType = "extends_type_clause", Method = "method_definition",
    Field = "field_definition", PublicField = "public_field_definition", StaticBlock = "class_static_block",
    MethodSignature = "method_signature", AbstractMethod = "abstract_method_signature",
    IndexSignature = "index_signature", Decorator = "decorator",
    // Types.
    TypeAnnotation = "type_annotation", TypeIdentifier = "type_identifier",
    NestedTypeIdentifier = "nested_type_identifier", NestedIdentifier = "nested_identifier", Generic = "generic_type",
    TypeArguments = "type_arguments", TypeParameters = "type_parameters", Union = "union_type",
    Intersection = "intersection_type", ParenType = "parenthesized_type", TypeQuery = "type_query",
    ObjectType = "object_type", InterfaceBody = "interface_body", PropertySignature = "property_signature",
    MaybeType = "flow_maybe_type", ReadonlyType = "readonly_type", ThisType = "this_type",
}

impl K {
    /// Whether [`stmt`](super::Lower::stmt) knows it.
    pub(super) fn is_statement(self) -> bool {
        (K::Export as u8..=K::ImportAlias as u8).contains(&(self as u8))
            && !matches!(self, K::StatementIdentifier | K::Declarator | K::EnumBody | K::EnumAssignment)
    }

    /// Whether [`expr`](super::Lower::expr) knows it.
    pub(super) fn is_expression(self) -> bool {
        (K::Identifier as u8..=K::JsxExpression as u8).contains(&(self as u8))
            && !matches!(
                self,
                K::PropertyIdentifier
                    | K::PrivateIdentifier
                    | K::Computed
                    | K::Import
                    | K::Substitution
                    | K::Pair
                    | K::Spread
            )
    }
}

macro_rules! fields {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// The field names that lowering asks for.
        #[derive(Clone, Copy, Debug)]
        pub(super) enum F {
            $(#[doc = $name] $variant,)*
        }

        const FIELDS: &[&str] = &[$($name),*];
    };
}

fields! {
    Name = "name", Value = "value", Body = "body", Left = "left", Right = "right", Operator = "operator",
    Object = "object", Property = "property", Index = "index", Function = "function", Arguments = "arguments",
    Constructor = "constructor", Condition = "condition", Consequence = "consequence", Alternative = "alternative",
    Argument = "argument", Parameters = "parameters", Parameter = "parameter", ReturnType = "return_type", Type = "type",
    Pattern = "pattern", Key = "key", Declaration = "declaration", Source = "source", Alias = "alias", Kind = "kind",
    Initializer = "initializer", Increment = "increment", Handler = "handler", Finalizer = "finalizer",
    OpenTag = "open_tag", Module = "module", TypeArguments = "type_arguments",
}

/// One grammar with its tables.
pub(super) struct Grammar {
    /// What the parser needs.
    pub(super) language: Language,
    kinds: Vec<K>,
    fields: Vec<u16>,
}

impl Grammar {
    fn new(language: Language) -> Self {
        let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX - 2);
        let kind = |id: u16| match language.node_kind_for_id(id) {
            Some(name) if language.node_kind_is_named(id) => kind_named(name),
            _ => K::Token,
        };
        let kinds = (0..count).map(kind).collect();
        let fields = FIELDS.iter().map(|name| language.field_id_for_name(name).map_or(0, |id| id.get())).collect();
        Grammar { language, kinds, fields }
    }

    /// The kind of a node by its number; the parser's error symbol lies outside the table.
    pub(super) fn kind(&self, id: u16) -> K {
        self.kinds.get(id as usize).copied().unwrap_or(K::Error)
    }

    /// The number of a field; 0 where the grammar has none of the name.
    pub(super) fn field(&self, field: F) -> u16 {
        self.fields.get(field as usize).copied().unwrap_or(0)
    }
}

/// JavaScript with JSX.
pub(super) static JS: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(tree_sitter_javascript::LANGUAGE.into()));
/// TypeScript without JSX.
pub(super) static TS: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()));
/// TypeScript with JSX; takes Flow's annotations too.
pub(super) static TSX: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(tree_sitter_typescript::LANGUAGE_TSX.into()));
