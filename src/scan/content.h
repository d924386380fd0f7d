#pragma once
#include "base/result.h"
#include "scan/gitleaks/detector.h"
#include <optional>
#include <span>
#include <string>

namespace fairlead::scan {

// How the contents of a history are scanned.
struct Reading {
    bool bytes = true;    // contents that aren't text are scanned, too
    bool archives = true; // archives are unpacked
};

// The content of a file in the history, for comparison.
struct Content {
    // `text`: as sys::CommitFiles::read() gives it; nothing: it is too large.
    explicit Content(std::optional<std::string> text);
    std::string text;
    bool is_too_large = false, is_archive = false;
    bool is_text = true; // for git
    // False for bytes and for a file with very many lines, which count as added completely (sys/git/changes.cpp).
    bool can_be_compared() const;
};

// clean: nothing can be found. binary: clean, and not text. wanted: something may be found.
enum class Verdict { clean, binary, wanted };

// Judges a content that replaces `before` (null: a new file). `places`: the only places where something may be found in
// it (empty: anywhere).
Result<Verdict> judge(gitleaks::Detector& detector, Reading reading, const Content& now, const Content* before,
                      const std::string& path, std::span<const Part> places = {});

}
