#include "preflight/checklists/sign.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/checklists/catalog.h"
#include "preflight/checklists/clock.h"
#include "preflight/checklists/read.h"
#include "preflight/checklists/signers.h"
#include "preflight/checklists/signoffs.h"
#include "preflight/wanted.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/git/program.h"
#include "sys/git/project_files.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::preflight {

namespace {

constexpr std::uint64_t longest_file = 8u << 20;

// The repository that sign-offs go into.
struct Desk {
    sys::ProjectFiles files;
    sys::Root root;

    Result<std::optional<std::string>> read(const std::string& path) const {
        const auto info = root.look(path);
        if (!info.ok()) return usage(info.error().message);
        if (info->type == sys::FileType::absent) return std::optional<std::string>();
        if (info->size > longest_file)
            return usage(fmt::format(
                "{0} is larger than {1} MiB; run: git log -- {2} to see how it grew, and revert that change", path,
                longest_file >> 20, shell_word(path)));
        auto text = TRY(root.read(path, longest_file));
        return std::optional(std::move(text));
    }
    ReadPolicy reader() const {
        return [this](const std::string& path) { return read(path); };
    }
};

Result<Desk> desk_here() {
    auto files = TRY(sys::project_files("."));
    if (!files.repository)
        return usage("sign-offs are kept in the repository, but there is no repository here; start in a repository, or "
                     "run: git init");
    auto root = TRY(sys::Root::open(files.top));
    return Desk{std::move(files), std::move(root)};
}

// Ours and the team's, by name.
std::vector<std::string> names_of(const Desk& desk) {
    auto names = builtin_checklists();
    const auto listed = desk.root.list(std::string(checklists_folder));
    if (!listed.ok()) return names; // the folder isn't there
    constexpr std::string_view ending = ".yml";
    for (const auto& entry : listed.value()) {
        if (!entry.name.ends_with(ending)) continue;
        const auto name = entry.name.substr(0, entry.name.size() - ending.size());
        if (is_item_id(name) && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

Error unknown_item(const std::string& id, const std::vector<Checklist>& lists) {
    std::vector<std::string> known;
    for (const auto& list : lists)
        for (const Item& item : list.items) known.push_back(item.id);
    const auto near = nearest(id, known);
    return usage(
        fmt::format("no checklist has an item '{}'; {}", one_line(id),
                    near.empty() ? "fairlead-preflight checklist NAME lists the items" : "did you mean " + near + "?"));
}

// Which list each item is of. Error (usage): of none, or of two.
Result<std::map<std::string, std::vector<std::string>>> lists_of(const std::vector<Checklist>& lists,
                                                                 const std::vector<std::string>& ids) {
    std::map<std::string, std::vector<std::string>> found; // items by list
    for (const auto& id : ids) {
        std::vector<std::string> its;
        for (const auto& list : lists)
            if (list.find(id)) its.push_back(list.name);
        if (its.empty()) return unknown_item(id, lists);
        if (its.size() > 1)
            return usage(fmt::format("{} is an item of {}; name the checklist: --checklist NAME", id, one_of(its)));
        auto& same = found[its[0]];
        if (std::find(same.begin(), same.end(), id) == same.end()) same.push_back(id);
    }
    return found;
}

Result<std::vector<Checklist>> load_all(const Desk& desk, const std::string& only) {
    std::vector<Checklist> lists;
    for (const auto& name : only.empty() ? names_of(desk) : std::vector<std::string>{only}) {
        auto list = TRY(load_checklist(name, desk.reader()));
        lists.push_back(std::move(list));
    }
    return lists;
}

// Who signs, as git would write it: "Ada Lovelace <ada@example.org>".
Result<std::string> who(const Desk& desk) {
    const auto done = TRY(sys::run_git(desk.files.top, {"-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"},
                                       sys::GitUse::release));
    const auto end = done.out.rfind('>');
    if (done.status != 0 || end == std::string::npos)
        return usage("git doesn't know who you are; run: git config user.name NAME and git config user.email MAIL");
    return one_line(done.out.substr(0, end + 1));
}

// Only what is committed is added to: else a review would see more than one hand.
Result<void> refuse_dirty(const Desk& desk, const std::string& path, const std::optional<std::string>& now) {
    const auto& repository = *desk.files.repository;
    const auto head = repository.head_commit();
    auto committed = std::optional<std::string>();
    if (head) committed = TRY(repository.file_at(*head, path));
    const auto ignored = TRY(sys::run_git(desk.files.top, {"check-ignore", "--quiet", "--", path}, sys::GitUse::fetch));
    if (!committed && ignored.status == 0)
        return usage(fmt::format("git ignores {}, so nobody else would see it; remove it from .gitignore", path));
    if (committed == now) return {};
    return usage(fmt::format("{} has changes that aren't committed; commit or revert them first; to sign several items "
                             "at once, write sign ITEM ITEM ...",
                             path));
}

// Evidence as it is written down: a URL, or a path from the root.
Result<std::string> evidence_of(const Desk& desk, const std::string& given) {
    if (given.empty()) return std::string();
    if (is_absolute_url(given)) {
        if (!names_a_page(given))
            return usage("--evidence is not a valid URL; write https://HOST/PATH, or a path in the repository");
        return given;
    }
    const auto hash = given.find('#');
    const auto path = desk.root.relative(std::filesystem::current_path() / given.substr(0, hash));
    const auto& paths = desk.files.paths;
    const auto is_there = [&](const std::string& one) {
        return path && (one == *path || one.starts_with(*path + "/"));
    };
    if (!path || std::none_of(paths.begin(), paths.end(), is_there))
        return usage(fmt::format(
            "--evidence '{}' is neither a URL nor a file of the repository that git doesn't ignore", one_line(given)));
    return *path + (hash == given.npos ? "" : given.substr(hash));
}

Result<std::string> expiry_of(const std::string& given, const Item& item, const std::string& today) {
    const auto latest = day_after(today, item.expires);
    if (given.empty()) return latest;
    std::string until = given;
    if (!is_day(given)) {
        const auto duration = parse_duration(given);
        if (!duration.ok())
            return usage(
                fmt::format("--expires '{}' is neither a day (2026-03-31) nor a duration (30d)", one_line(given)));
        until = day_after(today, duration.value());
    }
    if (until < today) return usage(fmt::format("--expires {} is in the past", until));
    if (until > latest)
        return usage(fmt::format("--expires {} is later than {} allows: {} ({})", until, item.id, latest,
                                 format_duration(item.expires)));
    return until;
}

Result<void> check_verdict(const Listed& asked, const Item& item) {
    if (item.kind == ItemKind::automatic && asked.verdict != "na")
        return usage(fmt::format(
            "{} is judged automatically; it can only be signed as not applicable: --verdict na --note WHY", item.id));
    return {};
}

}

Result<void> check_sign(const Request& request) {
    const auto& asked = request.listed;
    if (request.targets.empty())
        return usage("sign needs the id of an item; fairlead-preflight checklist NAME lists the ids");
    if (asked.verdict == "yes" && asked.evidence.empty())
        return usage("a yes needs evidence; write --evidence URL, or a path in the repository");
    if (asked.verdict != "yes" && asked.note.empty())
        return usage(fmt::format("--verdict {} needs a reason; write --note WHY", asked.verdict));
    for (const auto* text : {&asked.evidence, &asked.note})
        if (!valid_utf8(*text) || text->size() > 1000 || text->find_first_of("\r\n") != std::string::npos)
            return usage("--evidence and --note must be one line each, at most 1000 bytes of UTF-8");
    for (const auto& [flag, text] : {std::pair{"--evidence", &asked.evidence}, {"--note", &asked.note}})
        if (lets_in(*text))
            return usage(
                fmt::format("{} holds a user, a password or a token, and would be committed; leave it out", flag));
    return {};
}

std::string sign_folder() {
    const auto tree = sys::tree_around(".");
    return (sys::Path(tree.value_or(".")) / signoffs_folder).string() + "/";
}

namespace {

// What it seals would be believed by nobody if no key of preflight.signer_keys were its other half.
Result<std::optional<sys::PrivateKey>> key_of(const Request& request, const config::Config& config,
                                              const Settings& settings) {
    const auto& file = request.listed.key;
    if (file.empty() && settings.signer_keys.empty()) return std::optional<sys::PrivateKey>();
    if (file.empty()) return usage("preflight.signer_keys asks for sealed sign-offs; write --key FILE");
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), file));
    auto pem = TRY(named.root.read(named.path, 1u << 16));
    if (const auto mode = sys::inspect(file).mode; (mode & 077) != 0)
        return usage(fmt::format("--key: '{}' is accessible to other users (mode {:o}); run: chmod 600 {}",
                                 one_line(file), mode, shell_word(file)));
    auto key = TRY(sys::read_private_key(std::move(pem), file));
    const auto keys = TRY(signer_keys(config, settings));
    const auto is_its = [&](const attest::Key& one) { return one.key.id == key.public_key().id; };
    if (!keys.empty() && std::none_of(keys.begin(), keys.end(), is_its))
        return usage(fmt::format("--key: '{}' is not one of the keys in preflight.signer_keys ({}), so the sign-off "
                                 "would not count; sign with one of these keys, or have its public key added there",
                                 one_line(file), one_line(join(settings.signer_keys, ", "))));
    return std::optional(std::move(key));
}

// What holds of all items that are signed together.
Result<Signoff> signoff_of(const Desk& desk, const Listed& asked, SystemTime now) {
    constexpr std::size_t day = 10; // the letters of 2026-03-31
    Signoff signoff;
    signoff.verdict = asked.verdict;
    signoff.note = asked.note;
    signoff.on = format_utc(now).substr(0, day);
    signoff.by = TRY(who(desk));
    signoff.evidence = TRY(evidence_of(desk, asked.evidence));
    signoff.commit = desk.files.repository->head_commit().value_or("");
    return signoff;
}

// Signs the items of one list after the other, in memory; write() is the only one that changes files.
class Signing {
  public:
    Signing(const Desk& desk, const Settings& settings, const Listed& asked, Signoff signoff,
            std::optional<sys::PrivateKey> key)
        : desk_(desk), settings_(settings), asked_(asked), signoff_(std::move(signoff)), key_(std::move(key)) {}

    Result<void> sign(const Checklist& list, const std::vector<std::string>& items) {
        const auto path = signoffs_path(list.name);
        const auto before = TRY(desk_.read(path));
        TRY_VOID(refuse_dirty(desk_, path, before));
        auto all = TRY(read_signoffs(before.value_or(""), path));
        const auto signers = TRY(signers_of(settings_, list.name, desk_.reader()));
        if (!signers.may_sign(signoff_.by))
            return usage(fmt::format("{} may not sign, because {} doesn't name this person; ask {}", signoff_.by,
                                     signers.from, signers.to_ask()));
        for (const auto& id : items) {
            const Item& item = *list.find(id);
            TRY_VOID(check_verdict(asked_, item));
            signoff_.item = id;
            signoff_.text_sha = item.text_sha();
            signoff_.expires = TRY(expiry_of(asked_.expires, item, signoff_.on));
            signoff_.sealed = key_ ? seal_signoff(list.name, signoff_, *key_) : std::string();
            all[id] = signoff_;
            ids_.push_back(id);
            text_ += fmt::format("{} {}: {}, until {}\n", id, one_line(item.text), signoff_.verdict, signoff_.expires);
            told_.push_back(
                {{"item", id}, {"checklist", list.name}, {"verdict", signoff_.verdict}, {"until", signoff_.expires}});
        }
        written_[path] = write_signoffs(list, all);
        return {};
    }

    Result<void> write() const {
        TRY_VOID(desk_.root.make_folders(std::string(signoffs_folder)));
        const auto attributes = std::string(signoffs_folder) + "/.gitattributes";
        const auto there = TRY(desk_.read(attributes));
        if (!there) TRY_VOID(desk_.root.write(attributes, attributes_text));
        for (const auto& [path, text] : written_) TRY_VOID(desk_.root.write(path, text));
        return {};
    }

    report::Report report(bool dry_run) const {
        std::vector<std::string> paths;
        for (const auto& [path, text] : written_) paths.push_back(path);
        report::Report report;
        report.text = text_;
        report.facts = fmt::format("{} {} signed by {}; {} {}", join(ids_, ", "),
                                   dry_run            ? "would be"
                                   : ids_.size() == 1 ? "is"
                                                      : "are",
                                   signoff_.by, dry_run ? "it would go to" : "commit", join(paths, ", "));
        report.members = {report::member("signed", told_), report::member("by", signoff_.by)};
        return report;
    }

  private:
    const Desk& desk_;
    const Settings& settings_;
    const Listed& asked_;
    Signoff signoff_; // of the latest item
    std::optional<sys::PrivateKey> key_;
    std::map<std::string, std::string> written_; // by path
    std::vector<std::string> ids_;
    std::string text_;
    sys::Json told_ = sys::Json::array();
};

}

Result<report::Report> sign_items(const Request& request, const Surroundings& around) {
    const auto& asked = request.listed;
    const auto settings = TRY(settings_of(request, around.section, around.variables));
    const auto desk = TRY(desk_here());
    const auto now = sys::real_clock().now();
    if (const auto late = clock_behind(&*desk.files.repository, now); !late.empty())
        return usage(late + ": the day of a sign-off would be wrong; set the clock");
    const auto lists = TRY(load_all(desk, asked.list));
    const auto wanted = TRY(lists_of(lists, request.targets));
    auto signoff = TRY(signoff_of(desk, asked, now));
    auto key = TRY(key_of(request, around.config, settings));
    Signing signing(desk, settings, asked, std::move(signoff), std::move(key));
    for (const Checklist& list : lists)
        if (const auto found = wanted.find(list.name); found != wanted.end())
            TRY_VOID(signing.sign(list, found->second));
    if (!request.dry_run) TRY_VOID(signing.write());
    return signing.report(request.dry_run);
}

}
