//! A small disk of a test's own, which can be filled, made larger and made read-only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::statvfs;

use crate::process::wait_for;

/// A file system of a test's own, gone when it is dropped.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// One in memory, of so many MiB, at `path`; `None`, saying so, where nothing may be mounted. In CI (`SAQTA_CI`) the superuser must be
    /// able to.
    #[expect(
        clippy::disallowed_methods,
        reason = "CI says by the environment that nothing may be skipped"
    )]
    pub(crate) fn mount(path: &Path, mib: u64) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let size = format!("size={mib}m,mode=755");
        if run(
            "mount",
            &["-t", "tmpfs", "-o", &size, "saqta-test", path.to_str().unwrap()],
        ) {
            return Some(Self(path.to_owned()));
        }
        let must = std::env::var_os("SAQTA_CI").is_some() && rustix::process::geteuid().is_root();
        assert!(!must, "the superuser cannot mount a disk here");
        eprintln!("skipped: no disk can be mounted here");
        None
    }

    /// One of so many MiB at `path` that lies in the file `image`, which takes only as much room as is used of it; `None`,
    /// saying so, where there are no loop devices.
    pub(crate) fn in_file(image: &Path, mib: u64, path: &Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let file = fs::File::create(image).unwrap();
        file.set_len(mib << 20).unwrap();
        // Nothing in the background, so that what is written is what is asked for.
        let made = run(
            "mkfs.ext4",
            &["-q", "-E", "lazy_itable_init=0", image.to_str().unwrap()],
        );
        if made
            && run(
                "mount",
                &["-o", "loop", image.to_str().unwrap(), path.to_str().unwrap()],
            )
        {
            return Some(Self(path.to_owned()));
        }
        eprintln!("skipped: there are no loop devices here");
        None
    }

    /// Takes the one in the file `image` out and, after a look at it, in again, as a restart of the machine would. Waits for
    /// whoever still holds it: an image that is mounted twice is soon damaged.
    pub(crate) fn again(self, image: &Path) -> Self {
        let path = self.0.clone();
        wait_for("nobody holds the disk", || self.is_out(image).then_some(()));
        std::mem::forget(self);
        // Tells by its code that it has mended something.
        let _ = run("e2fsck", &["-p", image.to_str().unwrap()]);
        assert!(run(
            "mount",
            &["-o", "loop", image.to_str().unwrap(), path.to_str().unwrap()]
        ));
        Self(path)
    }

    /// Takes it out, unless somebody holds it; true once nothing of the system has to do with its `image` any more.
    fn is_out(&self, image: &Path) -> bool {
        run("umount", &[self.0.to_str().unwrap()]);
        let devices = Command::new("losetup").arg("-j").arg(image).output().unwrap();
        devices.stdout.is_empty()
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it so many MiB.
    pub(crate) fn resize(&self, mib: u64) {
        self.remount(&format!("size={mib}m"));
    }

    /// Makes it as large as what is on it and so many MiB.
    pub(crate) fn leave(&self, mib: u64) {
        // Again, if more is written at this very moment.
        wait_for("the disk has this size", || {
            let disk = statvfs(&self.0).unwrap();
            let used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize;
            // None at all would be taken for no limit.
            let size = format!("remount,size={}k", ((used >> 10) + (mib << 10)).max(4));
            run("mount", &["-o", &size, self.0.to_str().unwrap()]).then_some(())
        });
    }

    /// Lets nothing be written to it from now on.
    pub(crate) fn freeze(&self) {
        self.remount("ro");
    }

    /// Lets it be written to again.
    pub(crate) fn thaw(&self) {
        self.remount("rw");
    }

    fn remount(&self, option: &str) {
        let options = format!("remount,{option}");
        assert!(
            run("mount", &["-o", &options, self.0.to_str().unwrap()]),
            "{options}"
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let path = self.0.to_str().unwrap();
        // Lazily if need be: a process that is just ending may have a file open.
        if !run("umount", &[path]) {
            run("umount", &["-l", path]);
        }
    }
}

#[test]
fn a_disk_that_somebody_holds_is_not_mounted_twice() {
    let dir = tempfile::tempdir().unwrap();
    let image = dir.path().join("image");
    let Some(disk) = Disk::in_file(&image, 16, &dir.path().join("disk")) else {
        return;
    };
    let path = disk.path().join("file");
    fs::write(&path, "kept").unwrap();
    let held = fs::File::open(&path).unwrap();
    assert!(!disk.is_out(&image), "it is held");
    drop(held);
    let disk = disk.again(&image);
    assert_eq!(fs::read(&path).unwrap(), b"kept");
    drop(disk);
    assert!(!path.exists());
}

fn run(program: &str, args: &[&str]) -> bool {
    let done = Command::new(program).args(args).output();
    done.is_ok_and(|done| done.status.success())
}
