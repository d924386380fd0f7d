#include "base/text.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/django_settings.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/env_users.h"
#include "preflight/uses/given.h"
#include <fmt/format.h>
#include <set>

// Django's key, and its error pages.
namespace fairlead::preflight {

namespace {

void secret_key(const Project& project, Hits& hits) {
    for (const auto& settings : django_settings(project)) {
        const auto key = settings.value("SECRET_KEY");
        const auto* setting = settings.find("SECRET_KEY");
        // Without one Django doesn't start; ****: of an env file that hides it.
        if (!key || setting == nullptr || *key == "None" || is_to_be_written(*key)) continue;
        const bool insecure = key->starts_with("django-insecure-");
        const bool weak = key->size() < 50 || std::set<char>(key->begin(), key->end()).size() < 5;
        const auto word = trim(std::string_view(setting->text)); // {{ secret_key }}: of a project's template
        const bool literal = (word.starts_with('\'') || word.starts_with('"')) && key->find('{') == key->npos;
        const auto variable = variable_behind(settings, *setting);
        if (insecure || weak || literal) {
            const auto what = insecure ? "is the key that startproject made"
                              : weak   ? fmt::format("has {} characters", key->size())
                                       : "is in the source";
            Hit& hit = add_setting(
                settings, "SECRET_KEY", hits,
                variable.empty()
                    ? fmt::format("SECRET_KEY {}; sessions can be forged; read a generated key from the environment",
                                  what)
                    : fmt::format("SECRET_KEY without {} {}; sessions can be forged; read it without a default",
                                  short_name(variable), what));
            hit.cause = cause_in_code(variable.empty() ? "SECRET_KEY" : variable);
            if (is_written_by_workflow(project, variable)) hit.level = Level::warning; // conf-* tells the default
            if (const auto giver = giver_for(project, setting->file, setting->line, variable, *key)) {
                hit.level = Level::warning;
                hit.message =
                    fmt::format("SECRET_KEY without {} {}; {} has it set, a start without it lets sessions be "
                                "forged; drop the default",
                                short_name(variable), what, giver->text());
            }
        }
    }
}

void fallbacks(const Project& project, Hits& hits) {
    for (const auto& settings : django_settings(project)) {
        const auto list = settings.value("SECRET_KEY_FALLBACKS").value_or("");
        std::size_t begin = 0;
        for (auto at = list.find_first_of("'\""); at != list.npos; at = list.find_first_of("'\"", begin)) {
            const auto end = list.find(list[at], at + 1);
            if (end == list.npos) break;
            begin = end + 1;
            const auto key = list.substr(at + 1, end - at - 1);
            if (key.size() >= 50 && !key.starts_with("django-insecure-")) continue;
            add_setting(
                settings, "SECRET_KEY_FALLBACKS", hits,
                fmt::format(
                    "SECRET_KEY_FALLBACKS has a key of {} characters; sessions can be forged with it; remove it",
                    key.size()));
            break;
        }
    }
}

void debug(const Project& project, Hits& hits) {
    for (const auto& settings : django_settings(project))
        if (settings.value("DEBUG").value_or("False") == "True") {
            auto& hit = add_setting(settings, "DEBUG", hits,
                                    "DEBUG is True; error pages would show source and settings; set DEBUG = False");
            const auto* setting = settings.find("DEBUG");
            const auto variable = setting == nullptr ? std::string() : variable_behind(settings, *setting);
            if (variable.empty()) continue;
            const auto giver = giver_for(project, setting->file, setting->line, variable, "True");
            if (!giver && !is_false_word(value_in_template(project, variable).value_or(""))) continue;
            hit.level = Level::warning; // whoever installs it sets it, or fills in the template, which has it off
            hit.message = fmt::format("DEBUG without {} is True; error pages would show source and settings; make the "
                                      "default False",
                                      short_name(variable));
        }
}

}

std::span<const Rule> django_secret_rules() {
    static const Rule rules[] = {
        {"django-secret-key",
         "SECRET_KEY is weak, or is in the source",
         deployed(Level::error),
         secret_key,
         "Sessions, password resets and signed cookies are only as safe as this key. If the key is in the source, "
         "anyone with a clone has the key.",
         "SECRET_KEY = os.environ['SECRET_KEY'] with 64 generated characters",
         {"security.W009"},
         {"S1-03"}},
        {"django-debug",
         "DEBUG is on",
         deployed(Level::error),
         debug,
         "Error pages show source, settings and SQL.",
         "DEBUG = False",
         {"security.W018"},
         {"S1-06"}},
        {"django-secret-fallbacks",
         "An old SECRET_KEY is weak",
         deployed(Level::error),
         fallbacks,
         "Django still accepts sessions that were signed with the old key.",
         "Remove it from SECRET_KEY_FALLBACKS.",
         {"security.W025"}},
    };
    return rules;
}

}
