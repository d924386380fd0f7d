#pragma once
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "tag/tags.h"
#include "tag/version/commit_types.h"
#include <map>

namespace fairlead::tag::test {

inline const std::string sha = "860c1904a1ce19322e91ac35af1ab07466440c37";
inline const SystemTime now = parse_utc("2024-02-29T13:05:09Z").value();

inline const CommitTypes& types() { // the defaults
    static const CommitTypes table;
    return table;
}

// One decision without a repository: what the event says, and these texts as inputs.
struct Decision {
    std::string event = "push", ref = "refs/heads/main";
    Inputs inputs;
    std::vector<std::string> repository_tags;
    std::map<std::string, std::string> variables;
    std::string tag_prefix, short_sha_length;

    Result<Run> run() const {
        auto run = TRY(made());
        if (run.refused) return *run.refused;
        return run;
    }
    Result<Run> made() const {
        Run run;
        run.inputs = inputs;
        auto& facts = run.facts;
        facts.event = event;
        facts.ref = ref;
        facts.sha = sha;
        facts.now = now;
        facts.tag_prefix = tag_prefix;
        facts.short_sha_length = short_sha_length;
        facts.payload_default_branch = "main";
        facts.base_ref = "refs/heads/main";
        facts.pull_base_ref = "develop";
        facts.commit_date = [] { return parse_utc("2020-01-10T00:30:00Z").value(); };
        facts.default_branch = [] { return DefaultBranch{"main", {}, {}}; };
        facts.each_tag = [this](const std::function<Result<void>(std::string_view)>& each) -> Result<void> {
            for (const auto& tag : repository_tags) TRY_VOID(each(tag));
            return {};
        };
        facts.other_tags = [](const Facts::Each&) { return Result<void>(); };
        TRY_VOID(decide_tags(
            run,
            [] {
                return RepositoryFacts{"shop", "A shop", "https://github.com/acme/shop", "MIT"};
            },
            sys::Environment(variables)));
        if (inputs.strict == Strict::yes) TRY_VOID(refuse_faults(run.notes, {}));
        return run;
    }
    // The tags, one per line; an error as "error: " and its first line.
    std::string tags() const {
        const auto made = run();
        if (!made.ok()) return "error: " + made.error().message.substr(0, made.error().message.find('\n'));
        std::string text;
        for (const auto& tag : made.value().metadata.tags) text += (text.empty() ? "" : " ") + tag;
        return text;
    }
};

inline std::string tags_for(const std::string& ref, const std::string& rules, const std::string& flavor = {}) {
    Decision decision;
    decision.ref = ref;
    decision.inputs.tags = rules;
    decision.inputs.flavor = flavor;
    return decision.tags();
}

// Each of `rising` is below all that follow, as `order` says of two texts.
template <typename Order>
void check_rising(const std::vector<std::string>& rising, Order order) {
    for (std::size_t a = 0; a < rising.size(); ++a)
        for (std::size_t b = 0; b < rising.size(); ++b) {
            INFO(rising[a] << " " << rising[b]);
            CHECK((order(rising[a], rising[b]) == (a <=> b)));
        }
}

// A git repository in a folder of its own.
class Scratch {
  public:
    Scratch() : folder_(std::move(sys::TemporaryFolder::make("fairlead tag")).value()) {
        git({"init", "--quiet", "--initial-branch=main"});
    }
    std::string path() const { return folder_.path().string(); }
    std::string git(std::vector<std::string> words) const {
        sys::Command command;
        command.argv = {"git", "-C", path(), "-c", "user.name=A", "-c", "user.email=a@example.org"};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        const auto done = sys::run(command);
        INFO(words.at(0));
        REQUIRE(done.ok());
        INFO(done.value().err);
        REQUIRE(done.value().status == 0);
        return std::string(trim_end(done.value().out));
    }
    std::string commit(const std::string& message, const std::string& file = {}) const {
        if (!file.empty()) {
            REQUIRE(sys::make_folders((folder_.path() / file).parent_path()).ok());
            REQUIRE(sys::write_file(folder_.path() / file, message).ok());
            git({"add", "."});
        }
        git({"commit", "--quiet", "--allow-empty", "-m", message});
        return git({"rev-parse", "HEAD"});
    }

  private:
    static std::string_view trim_end(std::string_view text) {
        while (text.ends_with('\n')) text.remove_suffix(1);
        return text;
    }
    sys::TemporaryFolder folder_;
};

}
