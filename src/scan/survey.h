#pragma once
#include "base/result.h"
#include "scan/content.h"
#include "sys/git/commit_files.h"
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace fairlead::scan {

// Scans all contents of a history once, in the order of the packs. The parts that a content copies from an already
// scanned content aren't scanned again.
class Survey {
  public:
    Survey(const sys::CommitFiles& files, gitleaks::Detector& detector, Reading reading)
        : files_(files), detector_(detector), reading_(reading), asked_(files.numbers(), 0) {}

    // Adds a content to be scanned as a file of this name.
    void ask(std::uint32_t number, const std::string& path);
    Result<void> run(); // scans all contents added since the last run()

    // unseen: not scanned, or only with the rules for another file. binary: clean, and not text.
    enum class Verdict : std::uint8_t { unseen, clean, binary, some };
    Verdict verdict(std::uint32_t number, const std::string& path);
    std::uint64_t bytes_of(std::uint32_t number) const { return sizes_[number]; }
    // Returns the places where something may be found, if the verdict is `some`; empty: anywhere.
    std::span<const Part> places(std::uint32_t number) const;

  private:
    using Group = std::uint16_t; // number of a set of files to which the same rules apply; 0: not requested
    static constexpr Group several = 0xffff;
    struct Note { // facts about a content that is the base of others
        std::uint32_t number = sys::StoredContent::none;
        Group group = 0;
        std::size_t size = 0;
        bool is_plain = false;
        std::vector<Zone> zones; // in order, apart from each other
    };
    Group group_of(const std::string& path);
    Result<void> take(const sys::StoredContent& content);
    Result<Verdict> judge_odd(std::string_view bytes, const std::string& path);
    // `changed`: whole lines that the base doesn't have
    Result<void> look(std::string_view text, std::vector<Part> changed, const sys::StoredContent& content,
                      const Note* base, Note& note);
    void conclude(const Note& note);

    const sys::CommitFiles& files_;
    gitleaks::Detector& detector_;
    Reading reading_;
    std::vector<Group> asked_; // by number
    std::vector<Verdict> verdicts_;
    std::vector<std::uint32_t> sizes_;
    std::map<std::string, Group> groups_;   // by the rules
    std::vector<std::string> paths_ = {""}; // one path of each group
    std::unordered_map<std::string, Group> by_path_;
    std::vector<Note> notes_; // by depth
    std::unordered_map<std::uint32_t, std::vector<Part>> places_;
    std::size_t most_places_ = 2'000'000; // number of places that may still be kept (32 MB)
};

}
