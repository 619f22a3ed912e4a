//! Files out of a zip archive that nobody vouches for: held in memory, with limits on number and size, and nothing is ever
//! written to a disk. What an archive claims about sizes is checked, not believed.

use rawzip::{CompressionMethod, ZipArchive};
use std::io::Read;

/// An archive with more entries is refused.
pub const MAX_ENTRIES: usize = 1_000;
/// An archive whose files are larger together is refused: 128 MB. Files that share their data count each time.
pub const MAX_UNPACKED: usize = 128 << 20;

/// An archive that cannot be read. The text completes "the archive ...".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Its structure, or the data of a file.
    #[error("is damaged ({0}), or is no zip archive")]
    Damaged(String),
    /// Too many entries.
    #[error("has more than {MAX_ENTRIES} files; keep only the reports in it")]
    TooMany,
    /// Too large.
    #[error("unpacks to more than {} MB; keep only the reports in it", MAX_UNPACKED >> 20)]
    TooLarge,
    /// Encrypted, or compressed in an unusual way.
    #[error("holds `{0}`, which is encrypted or compressed in another way than zip archives usually are")]
    Unusual(String),
}

/// The files of a zip archive in its order, each with the name that it has there.
///
/// # Errors
/// When it cannot be read whole: a part of it is not given.
pub fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ArchiveError> {
    let damaged = |error: rawzip::Error| ArchiveError::Damaged(error.to_string());
    let archive = ZipArchive::from_slice(bytes).map_err(damaged)?;
    let mut files = Vec::new();
    let (mut entries, mut left) = (0, MAX_UNPACKED);
    let mut headers = archive.entries();
    while let Some(header) = headers.next_entry().map_err(damaged)? {
        entries += 1;
        if entries > MAX_ENTRIES {
            return Err(ArchiveError::TooMany);
        }
        let name: String = String::from_utf8_lossy(header.file_path().as_ref()).chars().take(200).collect();
        if header.is_dir() {
            continue;
        }
        let entry = archive.get_entry(header.wayfinder()).map_err(damaged)?;
        let data = entry.data();
        let read = match header.compression_method() {
            CompressionMethod::STORE => read_at_most(entry.verifying_reader(data), left),
            CompressionMethod::DEFLATE => {
                read_at_most(entry.verifying_reader(flate2::bufread::DeflateDecoder::new(data)), left)
            }
            _ => return Err(ArchiveError::Unusual(name)),
        };
        let text = read.map_err(|error| ArchiveError::Damaged(error.to_string()))?;
        left = left.checked_sub(text.len()).ok_or(ArchiveError::TooLarge)?;
        files.push((name, text));
    }
    Ok(files)
}

/// One byte more than allowed, at most: then there is too much.
fn read_at_most(reader: impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn zip(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut out = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
        for (name, data) in files {
            let (mut entry, config) = archive.new_file(name).compression_method(method).start().expect("begun");
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
            let mut writer = config.wrap(encoder);
            writer.write_all(data).expect("written");
            let (encoder, descriptor) = writer.finish().expect("finished");
            encoder.finish().expect("finished");
            entry.finish(descriptor).expect("finished");
        }
        archive.finish().expect("finished");
        out
    }

    #[test]
    fn files_come_out_as_they_went_in() {
        let packed = zip(&[("a/lcov.info", b"SF:a\n"), ("b.xml", b"")], CompressionMethod::DEFLATE);
        let files = unpack(&packed).expect("unpacked");
        assert_eq!(files, [("a/lcov.info".to_owned(), b"SF:a\n".to_vec()), ("b.xml".to_owned(), Vec::new())]);
    }

    #[test]
    fn f66_bombs_and_damage_are_refused() {
        let zeros = vec![0; MAX_UNPACKED / 2 + 1];
        let bomb = zip(&[("a", &zeros), ("b", &zeros)], CompressionMethod::DEFLATE);
        assert!(bomb.len() < 1 << 20, "it is small: {}", bomb.len());
        assert_eq!(unpack(&bomb), Err(ArchiveError::TooLarge));
        let names: Vec<String> = (0..=MAX_ENTRIES).map(|n| n.to_string()).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        assert_eq!(unpack(&zip(&many, CompressionMethod::DEFLATE)), Err(ArchiveError::TooMany));
        let good = zip(&[("a", b"hello, hello, hello")], CompressionMethod::DEFLATE);
        for cut in 0..good.len() {
            assert!(matches!(unpack(&good[..cut]), Err(ArchiveError::Damaged(_))), "{cut}");
        }
        let mut changed = good.clone();
        changed[35] ^= 0xff;
        assert!(matches!(unpack(&changed), Err(ArchiveError::Damaged(_))), "its sum differs");
        let odd = zip(&[("a", b"x")], CompressionMethod::LZMA);
        assert_eq!(unpack(&odd), Err(ArchiveError::Unusual("a".to_owned())));
    }
}
