//! Paths as reports write them, taken apart: of Windows, of containers, with schemes, relative or not.

/// A path in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) parts: Vec<String>,
    pub(super) absolute: bool,
    /// Written on Windows, where case does not count.
    pub(super) windows: bool,
}

/// Directories of installed packages: what lies in them is mostly not the repository's.
const INSTALLED: [&str; 8] =
    ["site-packages", "dist-packages", "node_modules", "include", "registry", "rustc", "mod", "gems"];

impl Parts {
    pub(super) fn new(path: &str) -> Self {
        let path = path.trim();
        // Bundlers and V8 write addresses: `file:///a/b`, `webpack:///./src/a.js`.
        let (path, scheme) = match path.split_once("://") {
            Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => (rest, scheme),
            _ => (path, ""),
        };
        let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
        let windows = drive || path.contains('\\');
        let path = if windows { path.replace('\\', "/") } else { path.to_owned() };
        let absolute = drive || path.starts_with('/') && !scheme.starts_with("webpack");
        let rest = if drive { &path[2..] } else { path.as_str() };
        let mut parts: Vec<String> = Vec::new();
        for part in rest.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                name => parts.push(name.to_owned()),
            }
        }
        Parts { parts, absolute, windows }
    }

    /// The path in this directory; an absolute path stays what it is.
    pub(super) fn under(&self, directory: &Parts) -> Parts {
        if self.absolute {
            return self.clone();
        }
        let parts = directory.parts.iter().chain(&self.parts).cloned().collect();
        Parts { parts, absolute: directory.absolute, windows: self.windows || directory.windows }
    }

    /// What is left without this directory in front.
    pub(super) fn without(&self, directory: &Parts) -> Option<&[String]> {
        let same = |(a, b): (&String, &String)| a == b || (self.windows && a.eq_ignore_ascii_case(b));
        let fits = self.absolute && self.parts.len() > directory.parts.len();
        (fits && self.parts.iter().zip(&directory.parts).all(same)).then(|| &self.parts[directory.parts.len()..])
    }

    /// Whether it is the same path, which on Windows has no case.
    pub(super) fn is_same_file(&self, other: &Parts) -> bool {
        let same = |(a, b): (&String, &String)| a == b || (self.windows && a.eq_ignore_ascii_case(b));
        self.parts.len() == other.parts.len() && self.parts.iter().zip(&other.parts).all(same)
    }

    /// Whether its last `kept` parts lie right below a directory of installed packages: a copy of the project.
    pub(super) fn is_installed(&self, kept: usize) -> bool {
        let before = &self.parts[..self.parts.len() - kept.min(self.parts.len())];
        before.last().is_some_and(|part| INSTALLED.contains(&part.as_str()))
    }

    /// Whether it is an installed package's file once its last `kept` parts are what a file of the repository has too.
    /// A project that was installed to be tested lies right below such a directory.
    pub(super) fn is_foreign(&self, kept: usize) -> bool {
        let before = &self.parts[..self.parts.len() - kept.min(self.parts.len())];
        let installed = before.iter().rposition(|part| INSTALLED.contains(&part.as_str()));
        installed.is_some_and(|at| kept < 2 || at + 1 < before.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_all_kinds_come_apart() {
        let seen = |path: &str| {
            let parts = Parts::new(path);
            format!(
                "{}{}{}",
                if parts.absolute { "/" } else { "" },
                parts.parts.join("/"),
                if parts.windows { " (windows)" } else { "" }
            )
        };
        assert_eq!(seen("C:\\agent\\_work\\1\\s\\src\\a.cs"), "/agent/_work/1/s/src/a.cs (windows)");
        assert_eq!(seen("src\\win\\a.cs"), "src/win/a.cs (windows)");
        assert_eq!(seen("./src/../lib//a.js"), "lib/a.js");
        assert_eq!(seen("file:///home/x/a.js"), "/home/x/a.js");
        assert_eq!(seen("webpack:///./src/a.js"), "src/a.js");
    }

    #[test]
    fn installed_packages_are_foreign() {
        assert!(Parts::new("/usr/lib/python3/site-packages/requests/utils.py").is_foreign(1));
        assert!(Parts::new("/x/node_modules/left-pad/lib/index.js").is_foreign(2));
        assert!(!Parts::new("/tox/lib/site-packages/mine/a.py").is_foreign(2));
        assert!(!Parts::new("/app/src/a.py").is_foreign(1));
    }
}
