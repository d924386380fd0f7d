#pragma once
#include "scan/rules/rule.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

// The cases of ../shared/conformance/scan as rules of ours and as files on disk.
namespace fairlead::conformance {

// The part of a gitleaks configuration that is one of our rules: id, regex, keywords, entropy. A rule without keywords
// gets the words of its expression.
class Config {
  public:
    explicit Config(const std::string& toml);
    Config(const Config&) = delete;
    const std::vector<scan::Rule>& rules() const { return rules_; }
    const std::vector<std::string>& allow() const { return allow_; } // regexes of a global allowlist
    const std::string& other() const { return other_; }              // what is none of that; empty: nothing

  private:
    void take(const std::string& line);
    void finish(); // the rule that is open
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
    std::deque<std::string> texts_; // what the rules point to
    std::vector<scan::Rule> rules_;
    std::vector<std::string> allow_;
    bool in_rule_ = false, in_allowlist_ = false;
    std::string other_;
};

// A case's files, in git mode with its commits, in a scratch folder.
class Folder {
  public:
    explicit Folder(const sys::Json& one);
    std::string path() const { return folder_.path().string(); }
    int number_of(const std::string& commit) const; // from 1; 0: none

  private:
    void write(const sys::Json& files) const;
    void commit(const sys::Json& files);
    std::string git(std::vector<std::string> words) const;
    sys::TemporaryFolder folder_;
    std::map<std::string, int> commits_;
};

// The current folder while it lives.
class Here {
  public:
    explicit Here(const std::string& folder) : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder);
    }
    Here(const Here&) = delete;
    ~Here() { std::filesystem::current_path(before_); }

  private:
    std::filesystem::path before_;
};

}
