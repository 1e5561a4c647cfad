//! What is printed from definitions.

use crate::runner::vestibule;

#[test]
fn a_fresh_secret_is_strong_and_never_the_same() {
    let [first, second] = [(); 2].map(|()| vestibule(&["secret"]).output());
    assert_ne!(first, second);
    let secret = first.strip_suffix('\n').unwrap();
    assert_eq!(secret.len(), 43);
    let secret = vestibule_session::Secret::new(secret).unwrap();
    assert_eq!(secret.weakness(), None);
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = vestibule(&["completions", shell]).output();
        assert!(
            script.contains("explain") && script.contains("token-claim"),
            "{shell}"
        );
    }
}

#[test]
fn the_manual_page_holds_every_command_with_its_examples() {
    let page = vestibule(&["man"]).output();
    assert!(page.contains(".TH vestibule 1"));
    for command in ["serve", "check", "explain", "mint", "secret", "schema"] {
        assert!(
            page.contains(&format!(".SH \"VESTIBULE {}\"", command.to_uppercase())),
            "{command}"
        );
    }
    assert!(page.contains("backendToken") && page.contains(".SH \"EXIT STATUS\""));
}
