//! Writes the man pages and the completions of the shells, as `make install` puts them: `cargo run --example manual -- DIR`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap_complete::{Shell, generate_to};
use orchestrator::cli;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("which folder? cargo run --example manual -- DIR")?;
    let folder = Path::new(&folder);
    let pages = folder.join("man/man1");
    fs::create_dir_all(&pages).with_context(|| format!("making {}", pages.display()))?;
    clap_mangen::generate_to(cli::command(), &pages).with_context(|| format!("writing into {}", pages.display()))?;
    for (shell, place) in [
        (Shell::Bash, "bash-completion/completions"),
        (Shell::Zsh, "zsh/site-functions"),
        (Shell::Fish, "fish/vendor_completions.d"),
    ] {
        let place = folder.join(place);
        fs::create_dir_all(&place).with_context(|| format!("making {}", place.display()))?;
        let path = generate_to(shell, &mut cli::command(), "poolbench", &place)
            .with_context(|| format!("writing into {}", place.display()))?;
        // Bash looks for a file called as the command is.
        if shell == Shell::Bash {
            fs::rename(&path, place.join("poolbench")).with_context(|| format!("renaming {}", path.display()))?;
        }
    }
    Ok(())
}
