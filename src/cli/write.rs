//! Writing changed files: each whole or not at all, and only where nobody changed it meanwhile.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a file was left alone.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("it changed meanwhile; run the command again")]
    Changed,
    #[error("it is a symbolic link that leads out of the analysed directory; pass its target as a path of its own")]
    LeadsOut,
    #[error("it is read-only; change its permissions")]
    ReadOnly,
    #[error("it can't be written ({0})")]
    Io(#[from] io::Error),
}

/// Replaces a file's text, whose present one has to be `before`. The new text is written beside the file and then put
/// in its place, with the file's permissions. A symbolic link stays one: its target is written, where that lies below
/// one of `roots`. A file that is not there and had no text is made.
///
/// # Errors
/// When the file is not as it was, or the system refuses.
pub fn write_file(path: &Path, before: &str, after: &str, roots: &[PathBuf]) -> Result<(), WriteError> {
    if before.is_empty() && !path.exists() {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        return Ok(file.write_all(after.as_bytes())?);
    }
    let target = fs::canonicalize(path)?;
    if fs::symlink_metadata(path)?.is_symlink() && !roots.iter().any(|root| target.starts_with(root)) {
        return Err(WriteError::LeadsOut);
    }
    if fs::read(&target)? != before.as_bytes() {
        return Err(WriteError::Changed);
    }
    let permissions = fs::metadata(&target)?.permissions();
    if permissions.readonly() {
        return Err(WriteError::ReadOnly);
    }
    let temporary = beside(&target);
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        file.write_all(after.as_bytes())?;
        file.set_permissions(permissions)?;
        file.sync_all()?;
        fs::rename(&temporary, &target)
    })();
    if written.is_err() {
        // Of what went wrong, the first reason is told.
        let _ = fs::remove_file(&temporary);
    }
    Ok(written?)
}

/// A name in the same directory that no other run uses.
fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    target.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("dynalens-write-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::canonicalize(folder).unwrap()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = folder("plain");
        let path = folder.join("a.tf");
        fs::write(&path, "old").unwrap();
        write_file(&path, "old", "new", &[]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let folder = folder("changed");
        let path = folder.join("a.tf");
        fs::write(&path, "somebody else's").unwrap();
        assert!(matches!(write_file(&path, "old", "new", &[]), Err(WriteError::Changed)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's");
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_are_followed_within_the_roots_only() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let (inside, outside) = (folder("inside"), folder("outside"));
        for target in [&inside, &outside] {
            fs::write(target.join("real.tf"), "old").unwrap();
        }
        fs::set_permissions(inside.join("real.tf"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink(inside.join("real.tf"), inside.join("link.tf")).unwrap();
        symlink(outside.join("real.tf"), inside.join("out.tf")).unwrap();
        let roots = [inside.clone()];
        write_file(&inside.join("link.tf"), "old", "new", &roots).unwrap();
        assert_eq!(fs::read_to_string(inside.join("real.tf")).unwrap(), "new");
        assert!(fs::symlink_metadata(inside.join("link.tf")).unwrap().is_symlink());
        assert_eq!(fs::metadata(inside.join("real.tf")).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(matches!(write_file(&inside.join("out.tf"), "old", "new", &roots), Err(WriteError::LeadsOut)));
        assert_eq!(fs::read_to_string(outside.join("real.tf")).unwrap(), "old");
        fs::set_permissions(inside.join("real.tf"), fs::Permissions::from_mode(0o440)).unwrap();
        assert!(matches!(write_file(&inside.join("real.tf"), "new", "x", &roots), Err(WriteError::ReadOnly)));
        for target in [inside, outside] {
            fs::remove_dir_all(target).unwrap();
        }
    }
}
