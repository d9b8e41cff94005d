//! The lists of guests that a preset names: where they lie, and what is said of their pools where they do not.

use std::path::{self, Path, PathBuf};

use anyhow::Result;

use super::{Found, LeftOut, guest, own_folder};

impl Found {
    /// Adds the guests of the lists that a preset names. Of two pools of one name the first that was found stays. Where a list
    /// is not found, the pools that are wanted and nowhere else are left out with that reason.
    pub fn add_lists(&mut self, lists: &[String], wanted: &[&str]) -> Result<()> {
        let mut missing = Vec::new();
        for list in lists {
            match place(Path::new(list))? {
                Some(path) => {
                    let guests = guest::read(&path)?;
                    self.add_guests(guests.into_iter().filter(|guest| !self.has(&guest.name)).collect());
                }
                None => missing.push(list.as_str()),
            }
        }
        let gone = wanted.iter().filter(|_| !missing.is_empty());
        for name in gone.filter(|name| !self.has(name)).map(|name| (*name).to_owned()).collect::<Vec<_>>() {
            let lists = missing.join(", ");
            let sentence = format!(
                "pool '{name}' is left out: the preset takes it from {lists}, which is neither in this folder nor above that of \
                 poolbench; call poolbench in the folder of its sources"
            );
            self.left_out.push(LeftOut { name, sentence });
        }
        Ok(())
    }
}

/// Where a list lies: from the current folder on, or from one above poolbench itself, as the folder of its sources is.
fn place(list: &Path) -> Result<Option<PathBuf>> {
    let own = own_folder()?;
    let above = own.ancestors().map(|folder| folder.join(list));
    Ok(path::absolute(list).into_iter().chain(above).find(|path| path.is_file()))
}
