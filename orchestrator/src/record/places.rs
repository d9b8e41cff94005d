//! Folders of the machine that texts may name, and what stands for them in the files of a run, which go elsewhere.

use std::env;
use std::path::{self, Path};

use harness::own::Own;

use crate::pools::{self, Pools};
use crate::process::plain;

/// Folders with their stand-ins, the longest first.
#[derive(Debug, Default)]
pub struct Places(Vec<(String, &'static str)>);

impl Places {
    /// The run's folder where there is one yet, that of poolbench and its pools, those of the lists and of the user's own jobs,
    /// the current one, the user's and that of temporary files.
    pub fn known<'a>(run: Option<&Path>, pools: &Pools, jobs: impl IntoIterator<Item = &'a Own>) -> Self {
        let bases = pools.values().filter_map(|pool| pool.guest.as_ref()).map(|guest| Some(guest.globs.base.clone()));
        let own = [
            (run.map(Path::to_owned), "$RUN"),
            (pools::own_folder().ok(), "$POOLS"),
            (env::current_dir().ok(), "$PWD"),
            (env::var_os("HOME").map(Into::into), "$HOME"),
            (Some(env::temp_dir()), "$TMPDIR"),
        ];
        let of_jobs = jobs.into_iter().map(|own| (Path::new(&own.path).parent().map(Path::to_owned), "$JOB"));
        let all = own.into_iter().chain(bases.map(|base| (base, "$GUESTS"))).chain(of_jobs);
        let mut places = Vec::new();
        for (folder, stand_in) in all.filter_map(|(folder, stand_in)| Some((folder?, stand_in))) {
            // As it is called, and as the kernel calls it.
            for form in [path::absolute(&folder), folder.canonicalize()].into_iter().flatten() {
                // What is not UTF-8, or steers a terminal, stands in a text as it may be shown.
                let text = form.to_string_lossy();
                let forms = [text.clone().into_owned(), plain::line(&text).into_owned()];
                places.extend(forms.into_iter().filter(|text| text.len() > 1).map(|text| (text, stand_in)));
            }
        }
        places.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        Self(places)
    }

    /// A text with the stand-ins in the place of the folders.
    pub fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (folder, stand_in)| replaced(&text, folder, stand_in))
    }
}

/// `/home/me` is no part of `/home/melanie`.
fn replaced(text: &str, folder: &str, stand_in: &str) -> String {
    let mut parts = text.split(folder);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A full stop ends a sentence unless a name goes on behind it.
        let behind = part.trim_start_matches('.');
        let goes_on = behind.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c));
        whole.push_str(if goes_on { folder } else { stand_in });
        whole.push_str(part);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_hidden_and_longer_names_are_not() {
        let places = Places(vec![("/home/me/runs/r".into(), "$RUN"), ("/home/me".into(), "$HOME")]);
        let hidden =
            places.hide("in /home/me/runs/r/x.py and /home/me: /home/melanie, /home/me.old, '/home/me/'. No /home/me.");
        assert_eq!(hidden, "in $RUN/x.py and $HOME: /home/melanie, /home/me.old, '$HOME/'. No $HOME.");
    }
}
