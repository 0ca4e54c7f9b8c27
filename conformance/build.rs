//! The corpus is embedded in the library; a file added to it, or taken away, has to be noticed.
fn main() {
    println!("cargo:rerun-if-changed=../fixtures");
    println!("cargo:rerun-if-changed=build.rs");
}
