#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace fairlead::scan::gitleaks {

// A finding as gitleaks 8.30 reports it (report/finding.go of gitleaks).
struct Finding {
    std::string rule, description;
    // From 1. Columns count bytes, the end inclusive. As in gitleaks, columns are one too large except in a fragment's
    // first line (gitleaks #1424), because baselines compare them. A finding of a file's name has line and column 0.
    int start_line = 0, end_line = 0, start_column = 0, end_column = 0;
    std::string match, secret; // in clear, until redact()
    // `symlink`: the link that led to the file. `commit`: empty for a file on disk and for changes without a commit
    std::string file, symlink, commit;
    float entropy = 0;                        // bits per byte
    std::string author, email, date, message; // of the commit; the date as 2026-11-28T20:00:00Z
    std::vector<std::string> tags;
    // Not reported by gitleaks: where the secret (for a decoded secret: its encoded form) is in the fragment, in bytes,
    // and its columns in code points, from 1, the end inclusive.
    std::size_t begin = 0, end = 0;
    int line = 0, column = 0, last_line = 0, last_column = 0;

    std::string fingerprint() const; // commit:file:rule:line, without a commit file:rule:line
};

}
