#include "tag/source/gather.h"
#include "base/text.h"
#include "sys/files/log.h"
#include "tag/source/checkout.h"
#include "tag/source/event.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace fairlead::tag {

namespace {

using sys::Environment;

// What the lazily asked facts share.
struct Sources {
    Environment variables;
    Event event;
    Checkout checkout;
    std::optional<Api> api;
    SystemTime now{};
    std::vector<std::string> unknown = {}; // what the API was asked for and did not tell
};
using Shared = std::shared_ptr<Sources>;

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

void take_workflow(Facts& facts, const Sources& sources) {
    const auto& variables = sources.variables;
    const auto& event = sources.event;
    facts.event = variables.get_or("GITHUB_EVENT_NAME", "");
    facts.ref = variables.get_or("GITHUB_REF", "");
    facts.sha = variables.get_or("GITHUB_SHA", "");
    if (contains(facts.event, "pull_request_target"))
        facts.ref = fmt::format("refs/pull/{}/merge", event.number.value_or("undefined"));
    const bool head_wanted = contains(lower(variables.get_or("DOCKER_METADATA_PR_HEAD_SHA", "")), "true");
    if (head_wanted && contains(facts.event, "pull_request") && event.head_sha) facts.sha = *event.head_sha;
}

// docs.gitlab.com, "Predefined CI/CD variables".
void take_gitlab(Facts& facts, const Sources& sources) {
    const auto& variables = sources.variables;
    const auto pipeline = variables.get_or("CI_PIPELINE_SOURCE", "push");
    facts.sha = variables.get_or("CI_COMMIT_SHA", "");
    facts.event = pipeline == "merge_request_event" ? "pull_request"
                  : pipeline == "web"               ? "workflow_dispatch"
                                                    : pipeline;
    if (const auto tag = variables.get("CI_COMMIT_TAG"))
        facts.ref = "refs/tags/" + *tag;
    else if (const auto request = variables.get("CI_MERGE_REQUEST_IID"))
        facts.ref = "refs/pull/" + *request + "/merge";
    else if (const auto branch = variables.get("CI_COMMIT_BRANCH"))
        facts.ref = "refs/heads/" + *branch;
    facts.payload_default_branch = variables.get("CI_DEFAULT_BRANCH");
    facts.pull_base_ref = variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
}

Result<void> take_git(Facts& facts, Sources& sources, const Wanted& wanted, Notes& notes) {
    facts.event = sources.variables.get_or("GITHUB_EVENT_NAME", "push");
    if (!wanted.ref.empty()) { // which name HEAD has doesn't matter, and may cost a look at every tag
        facts.sha = sources.checkout.resolve("HEAD").value_or("");
        return {};
    }
    using Holder = Checkout::Holder;
    const auto head = TRY(sources.checkout.head(wanted.holder ? Holder::wanted : Holder::unwanted));
    facts.ref = head.ref;
    facts.sha = head.sha;
    if (head.ref.empty())
        notes.remark("HEAD is detached and no branch or tag contains it: only rules without a ref give tags");
    if (head.is_behind)
        notes.fault(fmt::format("HEAD is detached at a commit without a branch or tag; {}, which contains it, is used",
                                head.ref),
                    {}, "check out a branch or a tag, or give --ref");
    if (head.ref == "refs/heads/origin/HEAD")
        notes.fault("the branch of the detached HEAD is read as 'origin/HEAD'", {},
                    "run: git remote set-head origin --delete");
    if (!head.passed_over.empty())
        notes.remark(fmt::format("{} is used; also at this commit: {}{}", head.ref, join(head.passed_over, ", "),
                                 head.passed_over_count > head.passed_over.size()
                                     ? fmt::format(" and {} more", head.passed_over_count - head.passed_over.size())
                                     : ""));
    return {};
}

SystemTime commit_date(Sources& sources, const Facts& facts) {
    for (const auto& [id, timestamp] : sources.event.commits)
        if (id == facts.sha)
            if (const auto date = parse_utc(timestamp)) return *date;
    if (sources.event.head_commit_id == facts.sha && sources.event.head_commit_timestamp)
        if (const auto date = parse_utc(*sources.event.head_commit_timestamp)) return *date;
    if (const auto timestamp = sources.variables.get("CI_COMMIT_TIMESTAMP"))
        if (const auto date = parse_utc(*timestamp)) return *date;
    if (const auto date = sources.checkout.commit_date(facts.sha.empty() ? "HEAD" : facts.sha)) return *date;
    if (!sources.api) return sources.now;
    if (const auto date = sources.api->commit_date(facts.sha)) return *date;
    sources.unknown.emplace_back("the commit's date (today's date is used)");
    return sources.now;
}

// Events that GitHub sends for the default branch alone, so that GITHUB_REF is that one (docs.github.com, "Events that
// trigger workflows").
bool is_of_default_branch(std::string_view event) {
    static constexpr std::string_view events[] = {"branch_protection_rule",
                                                  "check_run",
                                                  "check_suite",
                                                  "delete",
                                                  "discussion",
                                                  "discussion_comment",
                                                  "fork",
                                                  "gollum",
                                                  "issue_comment",
                                                  "issues",
                                                  "label",
                                                  "milestone",
                                                  "public",
                                                  "repository_dispatch",
                                                  "schedule",
                                                  "status",
                                                  "watch",
                                                  "workflow_run"};
    return std::find(std::begin(events), std::end(events), event) != std::end(events);
}

// The first that tells it; a guess only where nothing does.
DefaultBranch default_branch(Sources& sources) {
    const auto& variables = sources.variables;
    if (sources.event.default_branch) return {*sources.event.default_branch, {}, {}};
    if (const auto branch = variables.get("CI_DEFAULT_BRANCH")) return {*branch, {}, {}};
    constexpr std::string_view heads = "refs/heads/";
    const auto ref = variables.get_or("GITHUB_REF", "");
    if (is_of_default_branch(variables.get_or("GITHUB_EVENT_NAME", "")) && ref.starts_with(heads))
        return {ref.substr(heads.size()), {}, {}};
    if (const auto branch = sources.checkout.default_branch()) return {*branch, {}, {}};
    if (sources.api) {
        if (const auto& branch = sources.api->repository().default_branch) return {*branch, {}, {}};
        sources.unknown.emplace_back("the default branch");
    }
    if (const auto branch = sources.checkout.guess_default_branch())
        return {
            *branch, "a branch that is often the default; the event and the clone do not name the default branch", {}};
    const auto trouble = sources.api ? sources.api->trouble() : std::string();
    return {{}, trouble.empty() ? "" : "the API was asked, but " + trouble, sources.checkout.default_branch_command()};
}

RepositoryFacts repository_facts(Sources& sources) {
    const auto& event = sources.event;
    if (event.name && event.html_url) // else it is a part of the record, as `act` is given by hand
        return {*event.name, event.description.value_or(""), *event.html_url, event.licence.value_or("")};
    if (sources.api) {
        const auto& known = sources.api->repository();
        if (known.name)
            return {*known.name, known.description.value_or(""), known.html_url.value_or(""),
                    known.licence.value_or("")};
        sources.unknown.emplace_back("description and licence of the repository");
    }
    RepositoryFacts facts;
    const auto& variables = sources.variables;
    const auto slug = variables.get("GITHUB_REPOSITORY");
    if (slug)
        facts.url = variables.get_or("GITHUB_SERVER_URL", "https://github.com") + "/" + *slug;
    else if (const auto url = variables.get("CI_PROJECT_URL"))
        facts.url = *url;
    else if (const auto remote = sources.checkout.remote_url())
        facts.url = *remote;
    facts.title = facts.url.substr(facts.url.find_last_of('/') + 1);
    facts.description = event.description.value_or(variables.get_or("CI_PROJECT_DESCRIPTION", ""));
    facts.licence = event.licence.value_or("");
    return facts;
}

// What nobody but the API knows, where an address of one is given.
std::optional<Api> api_of(const Environment& variables, const Event& event, const Wanted& wanted, sys::Clock& clock) {
    const auto base = variables.get("GITHUB_API_URL");
    auto slug = variables.get_or("GITHUB_REPOSITORY", "");
    if (slug.empty() && event.owner && event.name) slug = *event.owner + "/" + *event.name;
    if (!base || slug.empty()) return std::nullopt;
    if (!wanted.ask_api) return Api(*base, slug, fetch_from(*base, wanted.token), clock);
    const auto fetch = [ask = wanted.ask_api, token = wanted.token](const std::string& url, Milliseconds at_most) {
        return ask(url, at_most, token);
    };
    return Api(*base, slug, fetch, clock);
}

enum class From { workflow, gitlab, git };

struct FoundPlace {
    From from = From::git;
    std::string folder, otherwise; // of the repository
};

Result<FoundPlace> place_of(const Wanted& wanted, const Environment& variables) {
    std::error_code ignored;
    const auto here = variables.get_or("GIT_DIR", std::filesystem::current_path(ignored).string());
    const FoundPlace workflow{From::workflow, here, variables.get_or("GITHUB_WORKSPACE", "")};
    TRY_VOID(check_context(wanted.context));
    if (wanted.context == "workflow") return workflow;
    if (wanted.context == "git") return FoundPlace{From::git, here, {}};
    if (wanted.context.rfind("git:", 0) == 0 && wanted.context.size() > 4)
        return FoundPlace{From::git, wanted.context.substr(4), {}};
    if (variables.get("GITHUB_EVENT_NAME") || variables.get("GITHUB_REPOSITORY") || variables.get("GITHUB_ACTIONS"))
        return workflow;
    if (variables.get("GITLAB_CI")) return FoundPlace{From::gitlab, here, variables.get_or("CI_PROJECT_DIR", "")};
    return FoundPlace{From::git, here, {}};
}

// Without a checkout there is none here, and what the API knows are the others.
Result<void> each_tag(Sources& sources, const Facts::Each& each) {
    const auto git = sources.checkout.repository();
    if (!git.ok() && sources.api && sys::Repository::is_missing(git.error())) return {};
    return sources.checkout.each_tag(each);
}

Result<void> other_tags(Sources& sources, const Facts::Each& each) {
    const auto known = sources.checkout.require(Tags::all);
    if (known.ok() || !sources.api) return known;
    const auto tags = sources.api->tags();
    if (!tags) {
        Error error = known.error();
        error.message += fmt::format("; the API was asked for the tags, but {}", sources.api->trouble());
        return error;
    }
    sys::log_info("this clone may lack tags, so the API was asked for them");
    for (const auto& tag : *tags) TRY_VOID(each(tag));
    return {};
}

void ask_later(Facts& facts, const Shared& sources, const Facts& known) {
    // `known` is the caller's copy of what is decided by now; the functions keep what they need.
    facts.commit_date = [sources, sha = known.sha] {
        Facts only;
        only.sha = sha;
        return commit_date(*sources, only);
    };
    facts.default_branch = [sources] { return default_branch(*sources); };
    const auto head = known.sha.empty() ? std::string("HEAD") : known.sha;
    facts.commit_count = [sources, head]() -> Result<std::string> {
        const auto count = TRY(sources->checkout.commit_count(head));
        return std::to_string(count);
    };
    facts.describe = [sources, head]() -> Result<std::string> { return TRY(sources->checkout.describe(head)).text; };
    facts.distance = [sources, head]() -> Result<std::string> {
        const auto distance = TRY(sources->checkout.describe(head)).distance;
        return std::to_string(distance);
    };
    facts.each_tag = [sources](const Facts::Each& each) { return each_tag(*sources, each); };
    facts.is_broken = [sources](std::string_view tag) { return sources->checkout.is_broken(tag); };
    facts.other_tags = [sources](const Facts::Each& each) { return other_tags(*sources, each); };
}

// `v1.0.0` is the tag or branch of that name, where the clone has one of them; what begins with refs/ is as it is.
Result<std::string> whole_ref(const std::string& given, Checkout& checkout) {
    if (given.starts_with("refs/")) return given;
    const auto tag = "refs/tags/" + given, branch = "refs/heads/" + given;
    const bool is_name = given.find_first_of("~^:@") == given.npos; // else it would be a revision
    const bool has_tag = is_name && checkout.resolve(tag), has_branch = is_name && checkout.commit_of_ref(branch);
    if (has_tag != has_branch) return has_tag ? tag : branch;
    return usage(fmt::format("ref '{}' is {} of this clone; write {} or {}", given,
                             has_tag ? "both a tag and a branch" : "not a tag or a branch", tag, branch));
}

// A revision's commit; of a whole id also one that the clone doesn't have.
Result<std::string> whole_sha(const std::string& given, Checkout& checkout) {
    if (const auto sha = checkout.resolve(given)) return *sha;
    const bool is_id =
        (given.size() == 40 || given.size() == 64) && given.find_first_not_of("0123456789abcdef") == given.npos;
    if (is_id) return given;
    return usage(fmt::format("commit '{}' is not in this clone; fetch it, or write its whole id", given));
}

// What was given by hand goes before what was found.
Result<void> take_given(Facts& facts, const Wanted& wanted, Sources& sources) {
    if (!wanted.event.empty()) facts.event = wanted.event;
    if (!wanted.ref.empty()) {
        facts.ref = TRY(whole_ref(wanted.ref, sources.checkout));
        if (const auto sha = sources.checkout.commit_of_ref(facts.ref)) facts.sha = *sha;
    }
    if (!wanted.sha.empty()) facts.sha = TRY(whole_sha(wanted.sha, sources.checkout));
    return {};
}

}

Result<void> check_context(const std::string& context) {
    if (context.empty() || context == "workflow" || context == "git") return {};
    if (context.starts_with("git:") && context.size() > 4) return {};
    return usage(fmt::format("Invalid context source: {}\nexpected workflow, git or git:PATH", context));
}

Result<SystemTime> time_of_run(const Environment& variables, sys::Clock& clock) {
    const auto epoch = variables.get("SOURCE_DATE_EPOCH");
    if (!epoch) return clock.now();
    const auto seconds = parse_integer(*epoch);
    constexpr std::int64_t year_9999 = 253402300799;
    if (!seconds || seconds.value() < 0 || seconds.value() > year_9999)
        return usage(fmt::format("SOURCE_DATE_EPOCH '{}' is not a number of seconds since 1970", *epoch));
    return SystemTime{std::chrono::seconds{seconds.value()}};
}

Result<Gathered> gather(const Wanted& wanted, const Environment& variables, sys::Clock& clock, Notes& notes) {
    const auto place = TRY(place_of(wanted, variables));
    Event event;
    if (const auto path = variables.get("GITHUB_EVENT_PATH")) event = TRY(read_event(*path, notes));
    const auto now = TRY(time_of_run(variables, clock));
    auto sources = std::make_shared<Sources>(
        Sources{variables, std::move(event), Checkout(place.folder, place.otherwise), {}, now});
    sources->api = api_of(variables, sources->event, wanted, clock);
    if (sources->api && wanted.dry_run) {
        sources->api.reset(); // what asks it is another program
        sys::log_info("a dry run does not use the API; title, description and licence are from the event");
    }

    if (wanted.deepen && wanted.dry_run) {
        const auto command = TRY(sources->checkout.deepen_command());
        sys::log_info("would run: " + join(command, " "));
    } else if (wanted.deepen) {
        TRY_VOID(sources->checkout.deepen());
    }
    if (wanted.fetched) wanted.fetched();
    Gathered gathered;
    gathered.checkout = std::shared_ptr<Checkout>(sources, &sources->checkout);
    auto& facts = gathered.facts;
    facts.now = sources->now;
    facts.tag_prefix = wanted.tag_prefix;
    facts.base_ref = sources->event.base_ref;
    facts.pull_base_ref = sources->event.pull_base_ref;
    facts.pull_labels = sources->event.pull_labels;
    facts.payload_default_branch = sources->event.default_branch;
    if (place.from == From::workflow)
        take_workflow(facts, *sources);
    else if (place.from == From::gitlab)
        take_gitlab(facts, *sources);
    else if (auto taken = take_git(facts, *sources, wanted, notes); !taken && wanted.ref.empty())
        return taken.error();
    TRY_VOID(take_given(facts, wanted, *sources));
    if (place.from == From::git && !facts.payload_default_branch)
        facts.payload_default_branch = sources->checkout.default_branch();
    constexpr std::string_view tags = "refs/tags/";
    if (facts.ref.starts_with(tags) && wanted.ref.empty()) sources->checkout.expect_tag(facts.ref.substr(tags.size()));
    gathered.source = place.from == From::workflow ? "the workflow's event"
                      : place.from == From::gitlab ? "GitLab's variables"
                                                   : "the repository";
    facts.short_sha_length = variables.get_or("DOCKER_METADATA_SHORT_SHA_LENGTH", "");
    ask_later(facts, sources, facts);
    gathered.repository = [sources] { return repository_facts(*sources); };
    gathered.unknown = [sources]() -> std::string {
        if (sources->unknown.empty()) return {};
        return fmt::format("not known: {}; the API was asked, but {}", join(sources->unknown, ", "),
                           sources->api->trouble());
    };
    return gathered;
}

}
