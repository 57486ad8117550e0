//! Files in the user's caches: how they are written, when they are believed, and how what is in them is put into bytes.
//!
//! A file begins with eight bytes that say what it is, a key (8 bytes) and a checksum of what follows (4 bytes). It is
//! believed if it is whole and its key is the one that is asked for: the key stands for the program and for all that what
//! is kept depends on. Numbers are little-endian. Must not know what is kept.

use super::seen::Stamp;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read as _, Write as _};
use std::path::Path;

/// What a file begins with.
pub(super) type Magic = [u8; 8];

/// A larger file than this is not believed, in bytes.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// A key for what depends on `on`, and on this build of the program.
pub(super) fn key(on: &impl Hash) -> u64 {
    let program = std::env::current_exe().and_then(|path| path.metadata());
    let build = program.ok().and_then(|metadata| Stamp::of(&metadata)).map(Stamp::parts);
    hash(&(env!("CARGO_PKG_VERSION"), build, hash(on)))
}

pub(super) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What is in the file at `path` behind its head, if it is to be believed.
pub(super) fn read(path: &Path, magic: &Magic, key: u64) -> Option<Vec<u8>> {
    let mut file = std::fs::File::open(path).ok()?;
    let metadata = file.metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() <= LARGEST)?;
    let mut head = [0; 20];
    file.read_exact(&mut head).ok()?;
    let mut rest = &head[magic.len()..];
    if !head.starts_with(magic) || u64::unpack(&mut rest)? != key {
        return None;
    }
    let mut body = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    file.read_to_end(&mut body).ok()?;
    (u32::unpack(&mut rest)? == crc32fast::hash(&body)).then_some(body)
}

/// Write the file at `path`: whoever reads it meanwhile, or writes it at the same time, sees a whole one.
pub(super) fn write(path: &Path, magic: &Magic, key: u64, body: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let mut head = magic.to_vec();
    key.pack(&mut head);
    crc32fast::hash(body).pack(&mut head);
    file.write_all(&head)?;
    file.write_all(body)?;
    file.persist(path)?;
    Ok(())
}

/// What can be put into bytes and read back by the same build: no format that anybody else reads.
pub trait Packed: Sized {
    /// Add it to `into`.
    fn pack(&self, into: &mut Vec<u8>);
    /// Take it from the beginning of `from`; `None` where that is no such thing.
    fn unpack(from: &mut &[u8]) -> Option<Self>;
}

macro_rules! packed_numbers {
    ($($number:ty),*) => {$(
        impl Packed for $number {
            fn pack(&self, into: &mut Vec<u8>) {
                into.extend(self.to_le_bytes());
            }
            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(<$number>::from_le_bytes(*bytes))
            }
        }
    )*};
}
packed_numbers!(u8, u32, u64);

impl Packed for usize {
    fn pack(&self, into: &mut Vec<u8>) {
        (*self as u64).pack(into);
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        usize::try_from(u64::unpack(from)?).ok()
    }
}

impl Packed for bool {
    fn pack(&self, into: &mut Vec<u8>) {
        u8::from(*self).pack(into);
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some(u8::unpack(from)? != 0)
    }
}

impl Packed for String {
    fn pack(&self, into: &mut Vec<u8>) {
        self.len().pack(into);
        into.extend(self.as_bytes());
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let length = usize::unpack(from)?;
        let (bytes, rest) = from.split_at_checked(length)?;
        *from = rest;
        Some(std::str::from_utf8(bytes).ok()?.to_owned())
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.is_some().pack(into);
        self.iter().for_each(|value| value.pack(into));
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        if bool::unpack(from)? { T::unpack(from).map(Some) } else { Some(None) }
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, into: &mut Vec<u8>) {
        self.len().pack(into);
        self.iter().for_each(|value| value.pack(into));
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        (0..usize::unpack(from)?).map(|_| T::unpack(from)).collect()
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, into: &mut Vec<u8>) {
        self.0.pack(into);
        self.1.pack(into);
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some((A::unpack(from)?, B::unpack(from)?))
    }
}

/// Structs, member by member.
macro_rules! packed_members {
    ($($of:ident { $($member:ident),* })*) => {$(
        impl Packed for $of {
            fn pack(&self, into: &mut Vec<u8>) {
                let $of { $($member),* } = self;
                $($member.pack(into);)*
            }
            fn unpack(from: &mut &[u8]) -> Option<Self> {
                Some($of { $($member: Packed::unpack(from)?),* })
            }
        }
    )*};
}
pub(crate) use packed_members;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        type All = (Vec<(String, Option<u32>)>, (bool, usize));
        let all: All = (vec![("é".to_owned(), Some(7)), (String::new(), None)], (true, 3));
        let mut bytes = Vec::new();
        all.pack(&mut bytes);
        assert_eq!(Packed::unpack(&mut bytes.as_slice()), Some(all));
        for length in 0..bytes.len() {
            assert_eq!(All::unpack(&mut &bytes[..length]), None);
        }
        // a length that nothing has
        assert_eq!(Vec::<u32>::unpack(&mut [255; 8].as_slice()), None);
    }
}
