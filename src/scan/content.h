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

// A content of a history as it is compared.
struct Content {
    // `text`: as sys::CommitFiles::read() gives it; nothing: it is too large.
    explicit Content(std::optional<std::string> text);
    std::string text;
    bool is_too_large = false, is_archive = false;
    bool is_text = true; // for git
    // Of bytes, and of a file with very many lines, all count as added (sys/git/changes.cpp).
    bool can_be_compared() const;
};

// clean: nothing can be found. binary: clean, and no text. wanted: something may be found.
enum class Verdict { clean, binary, wanted };

// Judges a content that takes the place of another one (null: of none). `places`: where alone something may be found in
// it (none: anywhere).
Result<Verdict> judge(gitleaks::Detector& detector, Reading reading, const Content& now, const Content* before,
                      const std::string& path, std::span<const Part> places = {});

}
