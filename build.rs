//! Builds again when a template is added or removed: `include_dir!` notices only changed ones.

fn main() {
    println!("cargo:rerun-if-changed=templates");
}
