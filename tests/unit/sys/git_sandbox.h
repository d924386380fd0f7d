#pragma once
#include "base/text.h"
#include "support/value.h"
#include "sys/git/changed_paths.h"
#include "sys/git/commit_files.h"
#include "sys/git/repository.h"
#include "sys/signals.h"
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <unistd.h>

// What the tests of sys/git share: scratch repositories made by the real git.
namespace fairlead::test {

using namespace fairlead::sys;
namespace fs = std::filesystem;

// A scratch repository made by the real git, with times that go up by a minute per commit.
class Sandbox {
  public:
    explicit Sandbox(const std::string& init = "init -q -b main .") {
        std::string name = (fs::temp_directory_path() / "fairlead-git-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = fs::canonical(name).string();
        git(init);
    }
    ~Sandbox() { fs::remove_all(folder); }
    Sandbox(const Sandbox&) = delete;

    void shell(const std::string& command) const {
        INFO(command);
        REQUIRE(std::system(("cd '" + folder + "' && " + command).c_str()) == 0);
    }
    void git(const std::string& arguments, const std::string& before = "") const {
        shell(before + command() + arguments);
    }
    std::string ask(const std::string& arguments) const {
        shell(command() + arguments + " > .git-answer");
        std::string answer = read(folder + "/.git-answer");
        fs::remove(folder + "/.git-answer");
        if (answer.ends_with('\n')) answer.pop_back();
        return answer;
    }
    void write(const std::string& path, const std::string& content) const {
        fs::create_directories(fs::path(folder + "/" + path).parent_path());
        std::ofstream(folder + "/" + path, std::ios::binary) << content;
    }
    std::string commit(const std::string& message) {
        const std::string time = std::to_string(1'700'000'000 + 60 * ++commits_) + " +0130";
        git("add -A");
        git("commit -q --allow-empty -m '" + message + "'",
            "GIT_AUTHOR_DATE='" + time + "' GIT_COMMITTER_DATE='" + time + "' ");
        return ask("rev-parse HEAD");
    }
    std::string commit(const std::string& path, const std::string& content) {
        write(path, content);
        return commit("change " + path);
    }
    std::string merge(const std::string& branch) {
        const std::string time = std::to_string(1'700'000'000 + 60 * ++commits_) + " +0000";
        git("merge -q --no-ff --no-edit " + branch + " > .git/out",
            "GIT_AUTHOR_DATE='" + time + "' GIT_COMMITTER_DATE='" + time + "' ");
        return ask("rev-parse HEAD");
    }
    Repository open(const std::string& below = "") const {
        auto result = Repository::open(folder + below);
        INFO((result.ok() ? "" : result.error().message));
        REQUIRE(result.ok());
        return std::move(result).value();
    }

    std::string folder;

  private:
    static std::string command() {
        return "GIT_CONFIG_GLOBAL=/dev/null git -c advice.nestedTag=false -c user.name=Ann -c "
               "user.email=ann@example.org -c commit.gpgsign=false -c "
               "protocol.file.allow=always "
               "-c init.defaultBranch=main ";
    }
    int commits_ = 0;
};

inline const auto ignored = [](const auto&) { return Result<void>(); };

// Something that is called for each of many: its error at the second one, or a signal, ends the walk that calls it.
class Second {
  public:
    int calls = 0;
    template <typename Item>
    Result<void> operator()(const Item&) {
        return ++calls == 2 ? Result<void>(no("enough")) : Result<void>();
    }
    bool ended(const Result<void>& walk) const { return !walk.ok() && walk.error().message == "enough" && calls == 2; }
};

// A stop request while it lives.
class Stopped {
  public:
    Stopped() {
        catch_signals();
        ::kill(::getpid(), SIGTERM);
    }
    Stopped(const Stopped&) = delete;
    ~Stopped() { reset_stop_request(); }
};

// "path:line: text" of everything that is added; "path: binary".
inline std::vector<std::string> texts(const std::function<Result<void>(const Repository::EachAdded&)>& walk) {
    std::vector<std::string> result;
    const auto done = walk([&](const AddedLines& added) -> Result<void> {
        int line = added.first_line;
        if (added.what == AddedLines::What::bytes) result.push_back(added.path + ": binary");
        if (added.what == AddedLines::What::too_large) result.push_back(added.path + ": too large");
        if (added.what != AddedLines::What::lines) return {};
        for (const auto& text : split(added.text, '\n'))
            result.push_back(added.path + ":" + std::to_string(line++) + ": " + text);
        return {};
    });
    INFO((done.ok() ? "" : done.error().message));
    REQUIRE(done.ok());
    return result;
}

// By both ways that there are: with the trees compared by libgit2, and by CommitFiles.
inline std::vector<std::string> added(const Repository& repository, const std::string& commit) {
    const auto all = texts([&](const auto& each) { return repository.added_lines(commit, each); });
    const auto by_files = texts([&](const auto& each) -> Result<void> {
        CommitFiles files(repository);
        const auto found = TRY(files.of(commit));
        return files.added_lines(commit, found, each);
    });
    CHECK(by_files == all);
    return all;
}

using Strings = std::vector<std::string>;

inline bool says(const Error& error, const std::string& words) {
    UNSCOPED_INFO(error.message);
    return error.message.find(words) != std::string::npos;
}

// What a commit changes against its first parent, sorted.
inline Result<std::vector<std::string>> changed(const Repository& repository, const std::string& commit,
                                                std::vector<std::string> beginnings = {}) {
    const auto history = TRY(repository.history({}, commit, [](const sys::CommitText&) -> Result<void> { return {}; }));
    std::vector<std::string> paths;
    ChangedPaths reader(repository, std::move(beginnings));
    TRY_VOID(reader.of(history.commits.front(), [&](const std::string& path) -> Result<Repository::More> {
        paths.push_back(path);
        return Repository::More::yes;
    }));
    std::sort(paths.begin(), paths.end());
    return paths;
}

}
