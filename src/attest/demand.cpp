#include "attest/demand.h"
#include "attest/envelope.h"
#include "attest/policy.h"
#include "attest/statement.h"
#include "base/printable.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::attest {
namespace {

constexpr Milliseconds clocks_differ{60'000};
constexpr std::size_t short_id = 12, longest_name = 40, longest_why = 160; // of what is shown

struct Tool {
    std::string_view name, program; // program: the command that makes the verdict
    std::vector<std::string_view> commands;
    bool of_commit = true;   // it is about a commit
    bool of_files = true;    // files that were changed since that commit change what it judges
    bool of_place = false;   // it is about one environment
    bool of_release = false; // it is about the release that serves there
};
const std::vector<Tool>& tools() {
    static const std::vector<Tool> all = {
        {"gate", "fairlead-gate", {""}},
        {"scan", "fairlead-scan range", {"tree", "range", "history"}},
        {"preflight", "fairlead-preflight check", {"check"}},
        {"migrate", "fairlead-migrate lint", {"lint"}},
        {.name = "smoke",
         .program = "fairlead-smoke",
         .commands = {""},
         .of_files = false,
         .of_place = true,
         .of_release = true},
        {.name = "deploy",
         .program = "fairlead-deploy",
         .commands = {"apply", "rollback"},
         .of_place = true,
         .of_release = true},
        {.name = "backup",
         .program = "fairlead-backup verify",
         .commands = {"verify"},
         .of_commit = false,
         .of_files = false,
         .of_place = true},
    };
    return all;
}

const Tool* find_tool(std::string_view name) {
    const auto found = std::find_if(tools().begin(), tools().end(), [&](const Tool& one) { return one.name == name; });
    return found == tools().end() ? nullptr : &*found;
}

std::string short_text(std::string_view text) { return shortened(text, longest_name); }

Result<Demand> read_demand(const config::Config& config, const std::string& environment, const std::string& word,
                           const config::Value& place) {
    const auto at = word.find('@');
    const bool named = at != word.npos;
    Demand demand{word.substr(0, at), named ? word.substr(at + 1) : "", {}};
    const Tool* tool = find_tool(demand.tool);
    std::vector<std::string> known;
    for (const Tool& one : tools()) known.emplace_back(one.name);
    if (!tool)
        return place.error(fmt::format("'{}' is not a tool whose verdict can be required; expected {}",
                                       short_text(demand.tool), one_of(known)));
    const auto environments = config.environments();
    if (named && std::find(environments.begin(), environments.end(), demand.environment) == environments.end())
        return place.error(fmt::format("environment '{}' of '{}' is unknown; expected {}",
                                       short_text(demand.environment), short_text(word), one_of(environments)));
    if (tool->of_release && !named)
        return place.error(
            fmt::format("'{0}' doesn't say where it ran; write {0}@ENVIRONMENT, such as {0}@staging", demand.tool));
    if (tool->of_release && demand.environment == environment)
        return place.error(fmt::format("'{}' can't be done before {} has the release; name the environment before it",
                                       word, environment));
    return demand;
}

Result<Demand> read_item(const config::Config& config, const std::string& environment, const config::Value& item,
                         Milliseconds usual_age) {
    const auto entries = item.entries();
    if (item.is_map() && entries.size() != 1)
        return item.error("an item of require names one tool; write {backup: {max_age: 26h}}");
    auto demand = TRY(read_demand(config, environment, item.is_map() ? entries.front().first : item.text(), item));
    demand.max_age = usual_age;
    if (!item.is_map()) return demand;
    const auto settings = entries.front().second.entries();
    if (settings.empty())
        return item.error(
            fmt::format("'{0}' has no max_age; write {{{0}: {{max_age: 26h}}}}, or the name alone", demand.name()));
    for (const auto& [key, value] : settings) {
        if (key != "max_age")
            return value.error(fmt::format("key '{}' is unknown in require; expected max_age", short_text(key)));
        const auto age = parse_duration(value.text());
        if (!age.ok() || age->count() <= 0)
            return value.error(
                fmt::format("max_age '{}' is not a duration above 0s; write it like 26h", short_text(value.text())));
        demand.max_age = age.value();
    }
    return demand;
}

// How far a verdict came. Where none counts, the one that came farthest is told.
enum class Rank { not_meant, unreadable, damaged, not_signed, app, place, subject, dirty, policy, time, counts };

struct Look {
    Rank rank = Rank::not_meant;
    std::string why; // empty: it counts
    std::string id;
    Judged judged = {};
};

class Judge {
  public:
    Judge(const Demand& demand, const About& about, const config::Config& config, const std::vector<Key>& keys,
          SystemTime now)
        : demand_(demand), about_(about), config_(config), keys_(keys), now_(now), tool_(*find_tool(demand.tool)) {}

    Result<Answer> answer(const std::vector<Stored>& stored, const std::vector<Result<Judged>>& claims) {
        Look best{Rank::not_meant, "there is none", ""};
        std::vector<Look> counting;
        for (std::size_t i = 0; i < stored.size(); ++i) {
            auto look = TRY(look_at(stored[i], claims[i]));
            if (look.rank == Rank::counts)
                counting.push_back(std::move(look));
            else if (look.rank > best.rank)
                best = std::move(look);
        }
        return counting.empty() ? refused(best.why) : answer_by(counting);
    }

  private:
    // `command`: the one that has to say yes; empty: the usual one.
    Answer refused(const std::string& why, const std::string& command = "") const {
        const auto& where = demand_.environment.empty() && tool_.of_place ? about_.environment : demand_.environment;
        const auto program =
            command.empty() ? std::string(tool_.program) : fmt::format("fairlead-{} {}", tool_.name, command);
        return {demand_.name(), "",
                fmt::format("{}: {}; run: {}{}", demand_.name(), shortened(why, longest_why), program,
                            where.empty() ? "" : " --env " + where)};
    }

    // A release that serves has one answer, whichever command brought it there.
    std::string question_of(const Judged& judged) const { return tool_.of_release ? "" : judged.command; }

    // Each command about each environment is a question of its own, to which the newest verdict is the answer.
    Answer answer_by(const std::vector<Look>& counting) const {
        std::map<std::pair<std::string, std::string>, const Look*> newest;
        for (const auto& look : counting) {
            auto& there = newest[{question_of(look.judged), look.judged.environment}];
            if (!there || look.judged.finished > there->judged.finished) there = &look;
        }
        const Look* youngest = nullptr;
        for (const auto& [question, look] : newest) {
            if (const auto why = disagreement(*look, counting); !why.empty()) return refused(why, question.first);
            if (!youngest || look->judged.finished > youngest->judged.finished) youngest = look;
        }
        const auto& finished = youngest->judged.finished;
        if (now_ - finished > demand_.max_age)
            return refused(
                fmt::format("it is from {}, older than {}", format_utc(finished), format_duration(demand_.max_age)));
        return {demand_.name(), youngest->id, ""};
    }

    std::string disagreement(const Look& newest, const std::vector<Look>& counting) const {
        const auto& judged = newest.judged;
        for (const auto& other : counting)
            if (other.judged.finished == judged.finished && question_of(other.judged) == question_of(judged) &&
                other.judged.environment == judged.environment && other.judged.verdict != judged.verdict)
                return "two verdicts of the same moment disagree";
        return judged.verdict == "pass" ? std::string()
                                        : fmt::format("it is a no, from {}", format_utc(judged.finished));
    }

    // By what its own text says; who signed it is asked after that.
    bool is_meant(const Judged& judged) const {
        return judged.tool == tool_.name &&
               std::find(tool_.commands.begin(), tool_.commands.end(), judged.command) != tool_.commands.end();
    }

    Result<Look> look_at(const Stored& stored, const Result<Judged>& claim) {
        const auto name = stored.id.substr(0, short_id);
        const auto fails = [&](Rank rank, std::string why) { return Look{rank, std::move(why), stored.id}; };
        if (!claim.ok())
            return fails(Rank::unreadable, fmt::format("'{}' can't be read: {}", name, claim.error().message));
        if (!is_meant(claim.value())) return Look{};
        if (!stored.damage.empty()) return fails(Rank::damaged, fmt::format("'{}': {}", name, stored.damage));
        const auto opened = open(stored.bytes, name, statement_payload, keys_, now_);
        if (!opened.ok()) return fails(Rank::not_signed, opened.error().message);
        auto judged = TRY(read_judged(opened->payload, name));
        auto [rank, why] = TRY(complaint_about(judged));
        return Look{rank, std::move(why), stored.id, std::move(judged)};
    }

    using Complaint = std::pair<Rank, std::string>;

    Result<Complaint> complaint_about(const Judged& judged) {
        if (judged.app != about_.app)
            return Complaint{Rank::app, fmt::format("it is about app '{}'", short_text(judged.app))};
        if (!is_place(judged.environment))
            return Complaint{Rank::place, judged.environment.empty() ? std::string("it is about no environment")
                                                                     : fmt::format("it is about environment '{}'",
                                                                                   short_text(judged.environment))};
        if (auto why = other_subject(judged); !why.empty()) return Complaint{Rank::subject, std::move(why)};
        if (tool_.of_files && judged.dirty)
            return Complaint{Rank::dirty, "it is about files that were changed since the commit"};
        if (tool_.of_commit && about_.dirty)
            return Complaint{Rank::dirty, "the release was made from files that were changed since the commit"};
        if (auto why = TRY(other_policy(judged)); !why.empty()) return Complaint{Rank::policy, std::move(why)};
        if (judged.finished > now_ + clocks_differ) return Complaint{Rank::time, "its time is in the future"};
        return Complaint{Rank::counts, ""};
    }

    bool is_place(const std::string& environment) const {
        if (!demand_.environment.empty()) return environment == demand_.environment;
        return environment == about_.environment || (environment.empty() && !tool_.of_place);
    }

    // Empty: it is about this commit, and about this release if it is about one.
    std::string other_subject(const Judged& judged) const {
        const auto commit = [](const std::string& id) {
            return id.empty() ? std::string("no commit") : "commit " + id.substr(0, short_id);
        };
        if (!tool_.of_commit) return {};
        if (judged.commit.size() > about_.commit.size() && judged.commit.starts_with(about_.commit) &&
            !about_.commit.empty())
            return "only the beginning of the release's commit is known; say --commit with all its digits";
        if (judged.commit != about_.commit || about_.commit.empty())
            return fmt::format("it is about {}, and this is {}", commit(judged.commit), commit(about_.commit));
        if (!judged.digest.empty() && !about_.digest.empty() && judged.digest != about_.digest)
            return fmt::format("it is about the release {}, and this is {}", judged.digest.substr(0, short_id),
                               about_.digest.substr(0, short_id));
        if (!tool_.of_release || !judged.digest.empty()) return {};
        const auto& serves = judged.serves;
        if (serves.empty()) return "it doesn't say which release was there";
        const bool ours =
            about_.release.empty() || serves == about_.release || serves == about_.version || serves == about_.commit;
        return ours ? std::string() : fmt::format("'{}' was there, and this is {}", short_text(serves), about_.release);
    }

    Result<std::string> other_policy(const Judged& judged) {
        if (!judged.given.empty())
            return fmt::format("flags or variables decided it, too ({}); write them to fairlead.yml",
                               short_text(join(judged.given, ", ")));
        auto& digest = policies_[judged.environment];
        if (digest.empty()) digest = TRY(policy_digest(config_, tool_.name, judged.environment));
        return digest == judged.policy ? std::string() : "it was judged by another policy than that of fairlead.yml";
    }

    const Demand& demand_;
    const About& about_;
    const config::Config& config_;
    const std::vector<Key>& keys_;
    SystemTime now_;
    const Tool& tool_;
    std::map<std::string, std::string> policies_; // digests, by environment
};

}

Result<Judged> claim_of(const Stored& stored) {
    if (stored.bytes.empty()) return no(stored.damage);
    const auto name = stored.id.substr(0, short_id);
    const auto payload = TRY(unproven_payload(stored.bytes, name, statement_payload));
    return read_judged(payload, name);
}

std::string Demand::name() const { return environment.empty() ? tool : tool + "@" + environment; }

Result<std::vector<Demand>> read_demands(const config::Config& config, const std::string& environment) {
    const auto section = config.environment(environment)["require"];
    std::vector<Demand> demands;
    if (!section.present()) return demands;
    if (config.root()["evidence"]["keys"].items().empty())
        return section.error("no signature would count; name the public keys of your team as evidence.keys");
    const auto usual_age = read_evidence_settings(config).max_age;
    for (const auto& item : section.items()) {
        auto demand = TRY(read_item(config, environment, item, usual_age));
        for (const auto& other : demands)
            if (other.name() == demand.name())
                return item.error(fmt::format("'{}' is required twice; remove one of them", demand.name()));
        demands.push_back(std::move(demand));
    }
    return demands;
}

Result<std::vector<Answer>> answer(const std::vector<Demand>& demands, const About& about, const config::Config& config,
                                   const std::vector<Key>& keys, const std::vector<Stored>& stored, SystemTime now) {
    std::vector<Result<Judged>> claims; // read once, whatever the number of demands
    for (const auto& one : stored) claims.push_back(claim_of(one));
    std::vector<Answer> answers;
    for (const auto& demand : demands) {
        auto one = TRY(Judge(demand, about, config, keys, now).answer(stored, claims));
        answers.push_back(std::move(one));
    }
    return answers;
}

Result<std::vector<Answer>> answer(const std::vector<Demand>& demands, const About& about, const config::Config& config,
                                   SystemTime now) {
    if (demands.empty()) return std::vector<Answer>();
    const auto keys = TRY(read_evidence_keys(config, now));
    const auto stored = TRY(read_store(config.folder(), read_evidence_settings(config).store));
    return answer(demands, about, config, keys, stored, now);
}

}
