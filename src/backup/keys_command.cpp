// keys: make one, tell whose there are, make the sets open by others.
#include "backup/job.h"
#include "backup/rotate.h"
#include "backup/status.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "sys/files/new_file.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

sys::Path folder_of(const Place& place) {
    const sys::Path folder = place.config.present() ? sys::Path(place.config.folder()) : sys::Path(".");
    return std::filesystem::absolute(folder).lexically_normal();
}

// A secret key goes into a file of its owner's alone, never to a terminal, a log or over what is there.
Result<report::Report> make(const Place& place, const Request& request) {
    const auto settings = TRY(settings_of(place, request));
    const std::string named = request.to.empty() ? settings.encrypt.identity_file : request.to;
    if (named.empty() || named == "-")
        return usage("say where the secret key goes: fairlead-backup keys make --to FILE, or identity_file under "
                     "backup.encrypt in fairlead.yml");
    const auto path = request.to.empty() ? folder_of(place) / named : std::filesystem::absolute(named);
    if (sys::inspect(path).type != sys::FileType::absent)
        return usage(fmt::format(
            "'{}' is there already, and the sets made for its key can't be opened without it; name another file",
            path.string()));
    report::Report report;
    if (request.dry_run) {
        report.facts = fmt::format("would write a new secret key to '{}'", path.string());
        return report;
    }
    const auto identity = sys::AgeIdentity::make();
    const auto recipient = identity.recipient().shown();
    auto file = TRY(sys::NewFile::create(path));
    TRY_VOID(file.write(fmt::format("# created: {}\n# public key: {}\n{}\n", format_utc(place.clock.now()), recipient,
                                    identity.spelt().reveal())));
    TRY_VOID(file.publish());
    report.text = fmt::format("{}\nWrite it under backup.encrypt.to in fairlead.yml. Keep a copy of '{}' away from the "
                              "backups: without it no set can be opened.\n",
                              recipient, path.string());
    report.facts = fmt::format("secret key in '{}'", path.string());
    report.members = {report::member("recipient", recipient), report::member("file", path.string())};
    return report;
}

Result<report::Report> recipient(const Place& place, const Request& request) {
    const auto settings = TRY(settings_of(place, request));
    const World world{place.variables, folder_of(place), ""};
    const auto keys = TRY(read_keys(settings.encrypt, world));
    const auto mine = keys.identities(), to = keys.recipients();
    if (mine.empty() && to.empty())
        return usage("neither a recipient nor a secret key is named; see to, identity_env and identity_file under "
                     "backup.encrypt");
    const auto has = [](const std::vector<std::string>& all, const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    report::Report report;
    sys::Json list = sys::Json::array();
    const auto add = [&](const std::string& one) {
        const bool is_written_for = has(to, one), opens = has(mine, one) || one == "passphrase";
        report.text +=
            fmt::format("{}  {}, {}\n", one, is_written_for ? "sets are made for it" : "no set is made for it",
                        opens ? "and opened here" : "its secret key is elsewhere");
        list.push_back({{"recipient", one}, {"written_for", is_written_for}, {"opens_here", opens}});
    };
    for (const auto& one : to) add(one);
    for (const auto& one : mine)
        if (!has(to, one)) add(one);
    report.facts = counted(list.size(), "recipient", "recipients");
    report.members = {report::member("recipients", std::move(list))};
    return report;
}

std::string text_of(const Rotation& rotation, bool dry_run) {
    return fmt::format("{}: {} {}, {} {} already\n", rotation.store, counted(rotation.done, "set", "sets"),
                       dry_run ? "would be made for them" : "made for them", rotation.were,
                       rotation.were == 1 ? "was" : "were");
}

Result<report::Report> rotate(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    if (!job.keys.encrypts())
        return usage("there is no recipient to make the sets for; write the new recipients under backup.encrypt.to");
    if (job.signing.asks()) TRY_VOID(job.signing.check_signs());
    report::Report report;
    std::vector<std::string> failed;
    std::size_t done = 0;
    for (const auto& store : job.stores) {
        const auto rotation = rotate_store(job, *store, request.dry_run ? DryRun::yes : DryRun::no, request.wait_lock);
        if (!rotation.ok()) {
            failed.push_back(fmt::format("{}: {}", store->shown(), rotation.error().message));
            continue;
        }
        report.text += text_of(rotation.value(), request.dry_run);
        done += rotation->done;
        for (const auto& one : rotation->failed) failed.push_back(fmt::format("{}: {}", store->shown(), one));
    }
    if (!failed.empty()) {
        for (const auto& one : failed) sys::log_warning(one);
        return could_not(fmt::format("{} made for the new keys; {}: {}; the old keys are still needed",
                                     counted(done, "set", "sets"), counted(failed.size(), "was not", "were not"),
                                     failed.front()));
    }
    report.facts = fmt::format("{} {} for {}", counted(done, "set", "sets"), request.dry_run ? "would be made" : "made",
                               join(job.keys.recipients(), ", "));
    report.members = {report::member("sets", done), report::member("recipients", job.keys.recipients())};
    return report;
}

}

Result<report::Report> keys(const Place& place, const Request& request) {
    if (request.keys == "make") return make(place, request);
    if (request.keys == "recipient") return recipient(place, request);
    if (request.keys == "rotate") return rotate(place, request);
    return usage("say what to do: fairlead-backup keys make, keys recipient or keys rotate");
}

}
