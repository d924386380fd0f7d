#include "base/text.h"
#include "cases.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::conformance {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '=' || c == '-'; }

// The words of an expression: runs of literal characters, in lower case.
std::vector<std::string> words_of(const std::string& expression) {
    std::vector<std::string> words(1);
    char closing = 0; // of a class or a count
    for (std::size_t at = 0; at < expression.size(); ++at) {
        const char c = expression[at];
        if (closing != 0) {
            if (c == closing) closing = 0;
        } else if (is_word(c))
            words.back() += c;
        else {
            words.emplace_back();
            if (c == '[') closing = ']';
            if (c == '{') closing = '}';
            if (c == '\\') ++at;
        }
    }
    std::erase_if(words, [](const std::string& word) { return word.size() < 2; });
    for (std::string& word : words) word = lower(word);
    return words;
}

// '''raw''' or "text"; nothing for what is no string.
std::optional<std::string> string_of(std::string_view value) {
    for (const std::string_view quote : {"'''", "\"", "'"}) {
        if (!value.starts_with(quote) || value.size() < 2 * quote.size() || !value.ends_with(quote)) continue;
        return std::string(value.substr(quote.size(), value.size() - 2 * quote.size()));
    }
    return std::nullopt;
}

std::vector<std::string> list_of(std::string_view value) { // ["a", "b"]
    std::vector<std::string> list;
    for (const std::string& word : split(value.substr(1, value.size() - 2), ','))
        if (auto text = string_of(trim(word))) list.push_back(std::move(*text));
    return list;
}

std::string text_of(const sys::Json& content) {
    if (content.is_string()) return content.get<std::string>();
    if (content.contains("repeat")) {
        std::string text;
        for (int i = 0; i < content["repeat"][1].get<int>(); ++i) text += content["repeat"][0].get<std::string>();
        return text + content.value("then", "");
    }
    const auto decoded =
        sys::run({.argv = {"base64", "-d"}, .input = content["base64"].get<std::string>()}); // coreutils
    REQUIRE(decoded.ok());
    return decoded->out;
}

}

Config::Config(const std::string& toml) {
    for (const std::string& line : split(toml, '\n')) take(std::string(trim(line)));
    finish();
}

void Config::take(const std::string& line) {
    if (line.empty() || line.starts_with('#')) return;
    if (line.starts_with('[')) {
        finish();
        in_rule_ = line == "[[rules]]";
        in_allowlist_ = line == "[[allowlists]]" || line == "[allowlist]";
        if (in_rule_) rules_.emplace_back();
        if (!in_rule_ && !in_allowlist_) other_ = line;
        return;
    }
    const auto equals = line.find('=');
    const auto key = std::string(trim(std::string_view(line).substr(0, equals)));
    const auto value = equals == line.npos ? std::string_view() : trim(std::string_view(line).substr(equals + 1));
    const auto text = string_of(value);
    if (in_rule_ && key == "id" && text)
        rules_.back().id = keep(*text);
    else if (in_rule_ && key == "regex" && text)
        rules_.back().pattern = keep(*text);
    else if (in_rule_ && key == "entropy")
        rules_.back().entropy = std::stod(std::string(value));
    else if (in_rule_ && key == "keywords" && value.starts_with('[')) {
        std::size_t count = 0;
        for (const std::string& word : list_of(value)) rules_.back().keywords[count++] = keep(lower(word));
    } else if (in_allowlist_ && key == "regexes" && value.starts_with('['))
        allow_ = list_of(value);
    else if (key != "description" || !text)
        other_ = key;
}

void Config::finish() {
    if (rules_.empty()) return;
    scan::Rule& rule = rules_.back();
    const bool many_lines =
        rule.pattern.find("\\n") != rule.pattern.npos || rule.pattern.find("[^") != rule.pattern.npos;
    rule.shape = many_lines ? scan::Shape::block : scan::Shape::raw;
    std::size_t count = 0;
    if (rule.keywords[0].empty())
        for (std::string& word : words_of(std::string(rule.pattern)))
            if (count < std::size(rule.keywords)) rule.keywords[count++] = keep(std::move(word));
}

Folder::Folder(const sys::Json& one)
    : folder_([] {
          auto made = sys::TemporaryFolder::make("scan case ");
          REQUIRE(made.ok());
          return std::move(made).value();
      }()) {
    const bool in_git = one["mode"] == "git";
    if (in_git) git({"init", "-q", "-b", "main"});
    if (one.contains("files") && one["files"].is_object()) {
        if (in_git)
            commit(one["files"]);
        else
            write(one["files"]);
    }
    for (const sys::Json& files : one.value("commits", sys::Json::array())) commit(files);
    if (one.contains("merge")) {
        const sys::Json& merge = one["merge"];
        commit(merge["base"]);
        git({"checkout", "-q", "-b", "theirs"});
        commit(merge["theirs"]);
        git({"checkout", "-q", "main"});
        commit(merge["ours"]);
        git({"merge", "-q", "--no-ff", "--no-commit", "theirs"});
        commit(merge["merge"]);
    }
    if (one.contains("ignore_after_commit")) {
        auto text = one["ignore_after_commit"].get<std::string>();
        const auto id = git({"rev-parse", "HEAD"});
        text = replace_all(replace_all(text, "{commit}", id), "{short}", id.substr(0, 10));
        write({{".gitleaksignore", text}});
    }
    if (one.contains("staged")) {
        write(one["staged"]);
        git({"add", "-A"});
    }
    if (one.contains("unstaged")) write(one["unstaged"]);
}

int Folder::number_of(const std::string& commit) const {
    const auto found = commits_.find(commit);
    return found == commits_.end() ? 0 : found->second;
}

void Folder::write(const sys::Json& files) const {
    for (const auto& [name, content] : files.items()) {
        const sys::Path file = folder_.path() / name;
        std::filesystem::remove(file);
        if (content.is_null()) continue;
        REQUIRE(sys::make_folders(file.parent_path()).ok());
        if (content.is_object() && content.contains("symlink"))
            std::filesystem::create_symlink(content["symlink"].get<std::string>(), file);
        else
            REQUIRE(sys::write_file(file, text_of(content), 0644, sys::Sync::no).ok());
    }
}

void Folder::commit(const sys::Json& files) {
    write(files);
    git({"add", "-A"});
    git({"commit", "-q", "--allow-empty", "-m", "c"});
    const int number = static_cast<int>(commits_.size()) + 1;
    commits_[git({"rev-parse", "HEAD"})] = number;
}

std::string Folder::git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"git", "-c", "user.name=a", "-c", "user.email=a@example.org"});
    const auto done = sys::run(
        {.argv = words,
         .folder = path(),
         .environment = std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=" + path(), "GIT_CONFIG_NOSYSTEM=1"}});
    INFO(join(words, " "));
    REQUIRE(done.ok());
    return std::string(trim(done->out));
}

}
