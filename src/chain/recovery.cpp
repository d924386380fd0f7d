#include "chain/recovery.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::chain {

namespace {

using Words = std::vector<std::string>;

bool holds(const std::vector<std::string>& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

std::vector<std::string> texts_of(const sys::Json& object, const char* name) {
    std::vector<std::string> texts;
    const auto list = object.value(name, sys::Json());
    if (list.is_array())
        for (const auto& one : list)
            if (one.is_string()) texts.push_back(one.get<std::string>());
    return texts;
}

Words with_place(Words words, const Ground& ground) {
    if (!ground.environment.empty()) words.insert(words.end(), {"--env", ground.environment});
    if (!ground.config.empty()) words.insert(words.end(), {"--config", ground.config});
    return words;
}

// What nobody takes back was confirmed when the recovery was.
Words confirmed(Words words, const Ground& ground) {
    words = with_place(std::move(words), ground);
    if (!ground.environment.empty()) words.insert(words.end(), {"--confirm", ground.environment});
    return words;
}

}

std::string line_of(const std::vector<std::string>& words) {
    std::vector<std::string> quoted;
    for (const auto& word : words) quoted.push_back(shell_word(word));
    return join(quoted, " ");
}

bool Recovery::has(const std::string& stage) const { return holds(done, stage); }

Result<std::vector<Backup>> backups_in(const std::string& json) {
    const auto object = sys::parse_json(json, "fairlead-backup list");
    const auto list = object.ok() && object->is_object() ? object->value("sets", sys::Json()) : sys::Json();
    if (!list.is_array())
        return could_not("the list of fairlead-backup has no 'sets'; install the same version of both tools");
    std::vector<Backup> sets;
    for (const auto& one : list) {
        if (!one.is_object()) continue;
        Backup set{.id = sys::text_of(one, "id"), .verified = sys::text_of(one, "verified")};
        if (const auto age = one.value("age_seconds", sys::Json()); age.is_number_integer())
            set.age_seconds = age.get<long long>();
        set.is_unsigned = one.value("unsigned", sys::Json()) == sys::Json(true);
        if (!set.id.empty()) sets.push_back(std::move(set));
    }
    return sets;
}

sys::Json to_json(const Recovery& recovery) {
    return {{"schema", 1},
            {"set", recovery.set},
            {"release", recovery.release},
            {"emergency", recovery.emergency},
            {"done", recovery.done},
            {"goes_on", recovery.goes_on},
            {"began", recovery.began}};
}

Recovery recovery_from(const sys::Json& object) {
    if (!object.is_object()) return {};
    return {.set = sys::text_of(object, "set"),
            .release = sys::text_of(object, "release"),
            .emergency = texts_of(object, "emergency"),
            .done = texts_of(object, "done"),
            .goes_on = object.value("goes_on", sys::Json()) == sys::Json(true),
            .began = sys::text_of(object, "began")};
}

Result<Backup> choose(const std::vector<Backup>& sets, const std::string& named, const Recovery& before) {
    if (named.empty()) {
        for (const auto& set : sets)
            if (!set.verified.empty() && !holds(before.emergency, set.id)) return set;
        if (sets.empty()) return no("there is no set to recover from; nothing was changed");
        if (std::any_of(sets.begin(), sets.end(), [](const Backup& set) { return set.is_unsigned; }))
            return no(fmt::format("no set has a verification signed by a key of backup.sign.trust, so no set is chosen "
                                  "automatically; nothing was changed. Set the variable of backup.sign.key_env and run "
                                  "fairlead-backup verify {}, or name the set: fairlead recover {}",
                                  shell_word(sets.front().id), shell_word(sets.front().id)));
        return no(fmt::format("no set was ever verified, so no set is chosen automatically; nothing was changed. Run "
                              "fairlead-backup verify {}, or name the set: fairlead recover {}",
                              shell_word(sets.front().id), shell_word(sets.front().id)));
    }
    std::vector<Backup> found;
    for (const auto& set : sets) {
        if (set.id == named) return set;
        if (set.id.find(named) != std::string::npos) found.push_back(set);
    }
    if (found.size() == 1) return found.front();
    std::vector<std::string> ids;
    for (const auto& set : found.empty() ? sets : found) ids.push_back(set.id);
    return usage(fmt::format("set '{}' is {}; {}", named, found.empty() ? "not there" : "part of several ids",
                             ids.empty() ? std::string("there are no sets") : "expected " + one_of(ids)));
}

std::vector<Stage> stages(const Ground& ground, const Recovery& recovery) {
    const std::string nobody = "fairlead.yml has no deploy section here: programs that write to the data are yours to ";
    Stage status{"status", {}};
    if (ground.deploys) status.commands.push_back(with_place({"fairlead-deploy", "status"}, ground));
    status.commands.push_back(with_place({"fairlead-backup", "status"}, ground));
    Stage backup{
        "backup",
        {with_place({"fairlead-backup", "run"}, ground),
         with_place({"fairlead-backup", "verify", of_what_answers, "--level", "3"}, ground),
         with_place({"fairlead-backup", "verify", recovery.set, "--level", "3"}, ground)},
        "data that can't be backed up any more is reported, and the recovery goes on; a damaged set stops it here"};
    Stage stop{"stop", {}, ground.deploys ? "" : nobody + "stop"};
    if (ground.deploys) stop.commands.push_back(confirmed({"fairlead-deploy", "down"}, ground));
    Stage restore{"restore",
                  {confirmed({"fairlead-backup", "restore", recovery.set, "--to", "original", "--overwrite"}, ground)},
                  "in full, next to the present data; the rows are counted"};
    Stage swap{"swap", {}, "by the same command, in a single step; the previous data is kept next to it"};
    Stage start{"start", {}, ground.deploys ? "" : nobody + "start"};
    if (ground.deploys && recovery.release.empty())
        start.note = "no release was deployed; run fairlead-deploy apply to deploy a release";
    if (ground.deploys && !recovery.release.empty())
        start.commands.push_back(confirmed({"fairlead-deploy", "rollback", recovery.release}, ground));
    Stage smoke{"smoke", {}, ""};
    if (ground.smokes) smoke.commands.push_back(with_place({"fairlead-smoke"}, ground));
    const bool serves = ground.deploys && !recovery.release.empty();
    if (!ground.smokes && serves)
        smoke.commands.push_back(with_place({"fairlead-deploy", "status", "--check"}, ground));
    if (smoke.commands.empty())
        smoke.note = ground.deploys && !serves ? "no release serves, so nothing was checked"
                                               : "fairlead.yml has no checks: check the application yourself";
    return {status, backup, stop, restore, swap, start, smoke};
}

std::string shown(const std::vector<Stage>& stages) {
    std::string text;
    int number = 0;
    for (const auto& stage : stages) {
        std::string head = fmt::format("{} {:<8}", ++number, stage.name);
        for (const auto& words : stage.commands) {
            text += fmt::format("{} {}\n", head, line_of(words));
            head = std::string(head.size(), ' ');
        }
        if (!stage.note.empty()) text += fmt::format("{} ({})\n", head, stage.note);
    }
    return text;
}

}
