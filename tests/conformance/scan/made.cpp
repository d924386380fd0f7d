#include "base/text.h"
#include "cases.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::conformance {
namespace {

sys::TemporaryFolder scratch() {
    auto made = sys::TemporaryFolder::make("scan case ");
    REQUIRE(made.ok());
    return std::move(made).value();
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

void write_files(const sys::Path& folder, const sys::Json& files) {
    for (const auto& [name, content] : files.items()) {
        const sys::Path file = folder / name;
        std::filesystem::remove(file);
        if (content.is_null()) continue;
        REQUIRE(sys::make_folders(file.parent_path()).ok());
        if (content.is_object() && content.contains("symlink"))
            std::filesystem::create_symlink(content["symlink"].get<std::string>(), file);
        else
            REQUIRE(sys::write_file(file, text_of(content), 0644, sys::Sync::no).ok());
    }
}

Folder::Folder(const sys::Json& one) : folder_(scratch()), beside_(scratch()) {
    const bool in_git = one["mode"] == "git";
    const auto is_there = [&](const char* key) { return one.contains(key) && !one[key].is_null(); };
    if (in_git) git({"init", "-q", "-b", "main"});
    if (is_there("files")) in_git ? commit(one["files"]) : write(one["files"]);
    for (const sys::Json& files : one.value("commits", sys::Json::array())) {
        if (is_there("side_branch") && commits_.size() == 1) git({"checkout", "-q", "-b", "side"});
        commit(files);
    }
    if (is_there("side_branch")) git({"checkout", "-q", "main"});
    if (is_there("merge")) merge(one["merge"]);
    if (is_there("ignore_after_commit"))
        write({{".gitleaksignore",
                replace_all(replace_all(one["ignore_after_commit"].get<std::string>(), "{commit}", "{commit1}"),
                            "{short}", "{short1}")}});
    if (is_there("staged")) {
        write(one["staged"]);
        git({"add", "-A"});
    }
    if (is_there("unstaged")) write(one["unstaged"]);
    const std::string config = with_ids(one.value("config", ""), Case::upper);
    write_files(is_there("config_in_tree") ? folder_.path() : beside_.path(), {{".gitleaks.toml", config}});
    if (is_there("config_files")) write(one["config_files"]);
}

std::string Folder::with_ids(std::string text, Case letters) const {
    for (std::size_t i = 0; i < commits_.size(); ++i) {
        const std::string id = letters == Case::upper ? upper(commits_[i]) : commits_[i];
        text = replace_all(text, fmt::format("{{commit{}}}", i + 1), id);
        text = replace_all(text, fmt::format("{{short{}}}", i + 1), commits_[i].substr(0, 10));
    }
    return text;
}

void Folder::write(const sys::Json& files) const {
    sys::Json own = files;
    for (auto& [name, content] : own.items())
        if (content.is_string()) content = with_ids(content.get<std::string>());
    write_files(folder_.path(), own);
}

void Folder::commit(const sys::Json& files) {
    write(files);
    git({"add", "-A"});
    git({"commit", "-q", "--allow-empty", "-m", "c"});
    commits_.push_back(git({"rev-parse", "HEAD"}));
}

void Folder::merge(const sys::Json& merge) {
    commit(merge["base"]);
    git({"checkout", "-q", "-b", "theirs"});
    commit(merge["theirs"]);
    git({"checkout", "-q", "main"});
    commit(merge["ours"]);
    git({"merge", "-q", "--no-ff", "--no-commit", "theirs"});
    commit(merge["merge"]);
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
