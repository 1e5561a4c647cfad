//! TH-106: no typing error opens a route.

use super::*;

/// A letter too many, too few, exchanged, turned or of the other case.
#[test]
fn no_typing_error_in_a_key_of_the_example_is_accepted() {
    let pieces: Vec<_> = EXAMPLE.split_inclusive(is_delimiter).collect();
    let mut keys = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let Some(key) = piece.strip_suffix(':').filter(|key| !key.is_empty()) else {
            continue;
        };
        let (before, after) = (pieces[..index].concat(), pieces[index + 1..].concat());
        if !after.starts_with([' ', '\n']) {
            continue;
        }
        keys += 1;
        for typo in typos(key) {
            let loaded = Process::with_file(format!("{before}{typo}:{after}")).load();
            assert!(loaded.config.is_none(), "`{typo}` for `{key}` was accepted");
        }
    }
    assert_eq!(keys, 39);
}

fn is_delimiter(letter: char) -> bool {
    !letter.is_ascii_alphabetic() && letter != '_'
}

fn typos(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut typos = vec![key.to_uppercase(), format!("{key}s"), format!("x{key}")];
    for index in 0..letters.len() {
        let mut changed = letters.clone();
        changed.swap(index, index.saturating_sub(1));
        typos.push(changed.iter().collect());
        changed.clone_from(&letters);
        changed[index] = 'x';
        typos.push(changed.iter().collect());
        changed.remove(index);
        typos.push(changed.iter().collect());
    }
    typos.retain(|typo| typo != key);
    typos
}
