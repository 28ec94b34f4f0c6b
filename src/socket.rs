//! The Unix socket of a server: where it lies, and what to do about an old one.
//!
//! It lies in the store's folder, or, if its path would be too long there, in the runtime directory with a link to it
//! in the store's folder. Whoever holds the store may remove what lies there: nobody else can be serving it.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use crate::config;
use crate::failure::Failure;

/// The name in the store's folder.
const NAME: &str = "saqta.sock";
/// The longest path of a Unix socket: `sun_path` has 108 bytes, the last of them a zero.
const MAX_PATH_BYTES: usize = 107;
/// The operators' group may connect; what each may do, the peer's uid says.
const MODE: u32 = 0o660;
/// Rights of our folder in the runtime directory: like the store's.
const FOLDER_MODE: u32 = 0o710;

/// The files of a socket, removed when this is dropped. Drop it before the store is closed.
#[derive(Debug)]
pub(crate) struct SocketFiles(Vec<PathBuf>);

impl Drop for SocketFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            // What is left over is removed by the next server.
            let _ = fs::remove_file(path);
        }
    }
}

/// The socket of the server that holds the store at `path`, if one answers there.
pub(crate) fn answering(path: &Path) -> Result<Option<PathBuf>, Failure> {
    let place = match fs::canonicalize(path) {
        Ok(folder) => folder.join(NAME),
        Err(_) => return Ok(None),
    };
    let socket = fs::read_link(&place).unwrap_or_else(|_| place.clone());
    if socket.as_os_str().as_bytes().len() > MAX_PATH_BYTES {
        return Ok(None);
    }
    match UnixStream::connect(&socket) {
        Ok(_) => Ok(Some(socket)),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Err(Failure::of(path.display(), not_let_in(path, &socket)))
        }
        // Nothing there, or left by a server that was killed.
        Err(_) => Ok(None),
    }
}

/// What an account is told that may not connect: the group of the socket, or of the folder if that is as far as it sees.
fn not_let_in(folder: &Path, socket: &Path) -> String {
    let seen = fs::metadata(socket).or_else(|_| fs::metadata(folder));
    let group = seen.ok().map(|seen| {
        let gid = seen.gid();
        let group = uzers::get_group_by_gid(gid);
        group.map_or_else(
            || gid.to_string(),
            |group| group.name().to_string_lossy().into_owned(),
        )
    });
    let group = group.map(|name| format!(" {name}")).unwrap_or_default();
    format!("your account may not use this store or its server; it must be in the group{group}")
}

/// Listens beside the store at `path`, which this process must hold.
pub(crate) fn listen(path: &Path) -> Result<(UnixListener, SocketFiles), Failure> {
    let failed =
        |error: io::Error| Failure::of(format_args!("the operators' socket in {}", path.display()), error);
    let folder = fs::canonicalize(path).map_err(failed)?;
    let place = folder.join(NAME);
    remove_old(&place).map_err(failed)?;
    let mut files = SocketFiles(vec![place.clone()]);
    let socket = if place.as_os_str().as_bytes().len() <= MAX_PATH_BYTES {
        place
    } else {
        let socket = elsewhere(&folder).map_err(failed)?;
        remove_old(&socket).map_err(failed)?;
        std::os::unix::fs::symlink(&socket, &place).map_err(failed)?;
        files.0.push(socket.clone());
        socket
    };
    // Until its rights are set, the folder keeps others out.
    let listener = UnixListener::bind(&socket).map_err(failed)?;
    fs::set_permissions(&socket, Permissions::from_mode(MODE)).map_err(failed)?;
    Ok((listener, files))
}

/// Removes a socket or a link to one that a killed server left; anything else is not ours to remove.
fn remove_old(place: &Path) -> io::Result<()> {
    match fs::symlink_metadata(place) {
        Ok(found) if found.file_type().is_socket() || found.file_type().is_symlink() => {
            fs::remove_file(place)
        }
        Ok(_) => Err(io::Error::other(format!(
            "{NAME} is there and is no socket; move it away"
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// The path in the runtime directory for the store in `folder`: known by its device and inode.
fn elsewhere(folder: &Path) -> io::Result<PathBuf> {
    let uid = uzers::get_effective_uid();
    let ours = config::runtime_dir().join(format!("saqta-{uid}"));
    match DirBuilder::new().mode(FOLDER_MODE).create(&ours) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // In a directory for everybody, somebody else may have made it.
    let made = fs::symlink_metadata(&ours)?;
    if !made.is_dir() || made.uid() != uid {
        return Err(io::Error::other(format!(
            "{} is not a folder of this account",
            ours.display()
        )));
    }
    fs::set_permissions(&ours, Permissions::from_mode(FOLDER_MODE))?;
    let store = fs::metadata(folder)?;
    Ok(ours.join(format!("{:x}-{:x}.sock", store.dev(), store.ino())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_socket_answers_while_it_is_listened_to_and_leaves_nothing() {
        let store = tempfile::tempdir().unwrap();
        assert_eq!(answering(store.path()).unwrap(), None);
        let (listener, files) = listen(store.path()).unwrap();
        let socket = answering(store.path()).unwrap().unwrap();
        assert_eq!(mode(&socket), 0o660);
        drop((listener, files));
        assert_eq!(fs::read_dir(store.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_socket_left_by_a_killed_server_is_taken_over() {
        let store = tempfile::tempdir().unwrap();
        let (listener, files) = listen(store.path()).unwrap();
        std::mem::forget(files);
        drop(listener);
        assert_eq!(answering(store.path()).unwrap(), None);
        let _again = listen(store.path()).unwrap();
        assert!(answering(store.path()).unwrap().is_some());
    }

    #[tokio::test]
    async fn a_path_too_long_is_linked_from_the_runtime_directory() {
        let parent = tempfile::tempdir().unwrap();
        let store = parent.path().join("a".repeat(120));
        fs::create_dir(&store).unwrap();
        let (listener, files) = listen(&store).unwrap();
        let socket = answering(&store).unwrap().unwrap();
        assert!(!socket.starts_with(&store));
        assert_eq!((mode(&socket), mode(socket.parent().unwrap())), (0o660, 0o710));
        drop((listener, files));
        assert!(!socket.exists() && fs::read_dir(&store).unwrap().count() == 0);
    }

    #[test]
    fn an_account_kept_out_is_told_the_group_it_must_be_in() {
        let folder = tempfile::tempdir().unwrap();
        let gid = fs::metadata(folder.path()).unwrap().gid();
        let group = uzers::get_group_by_gid(gid).unwrap();
        let told = not_let_in(folder.path(), &folder.path().join(NAME));
        let expected = format!("must be in the group {}", group.name().display());
        assert!(told.ends_with(&expected), "{told}");
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let store = tempfile::tempdir().unwrap();
        fs::write(store.path().join(NAME), "letters").unwrap();
        assert_eq!(answering(store.path()).unwrap(), None);
        assert!(listen(store.path()).is_err());
        assert!(store.path().join(NAME).exists());
    }
}
