#include "base/json_path.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "smoke/compare/json_answer.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

// JSON that is compared by its meaning.
namespace fairlead::smoke::compare {

namespace {

using hurl::List;
using hurl::Object;
using hurl::Value;

constexpr std::size_t most_pointer = 120;      // of a place in a message, in bytes
constexpr std::size_t enough_pointer = 16'384; // more is not looked at for a message

constexpr std::size_t most_answers = 4;                // one of each release, and two more of the old one
using Values = std::array<const Value*, most_answers>; // at one place; null: the place is not there
constexpr std::size_t of_old = 0, of_fresh = 1, of_again = 2;

class JsonWalk {
  public:
    JsonWalk(std::vector<JsonAnswer> answers, Differences& out) : answers_(std::move(answers)), out_(out) {}

    void compare(const Values& at) {
        const Value &old = *at[of_old], &fresh = *at[of_fresh];
        if (old.as<Object>() && fresh.as<Object>()) return compare_objects(at);
        if (!old.as<List>() || !fresh.as<List>()) {
            if (!is_same_here(at, of_fresh))
                tell(again_all([&](std::size_t i) { return at[i] && is_same_here(at, i); }),
                     [&] { return fmt::format("is {}, was {}", text_of_value(fresh), text_of_value(old)); });
            return;
        }
        const bool in_any_order = answers_[of_old].is_unordered(old) || answers_[of_fresh].is_unordered(fresh);
        in_any_order ? compare_sets(at) : compare_lists(at);
    }

  private:
    template <typename Holds>
    bool again_all(Holds holds) const { // of the further answers of the old release
        for (auto i = of_again; i < answers_.size(); ++i)
            if (!holds(i)) return false;
        return true;
    }

    // Two lists, or two objects, count as the same: their contents are compared on their own.
    bool is_same_here(const Values& at, std::size_t index) const {
        const Value &old = *at[of_old], &other = *at[index];
        const auto *left = old.as<std::string>(), *right = other.as<std::string>();
        if (left && right) return is_same_text(*left, answers_[of_old].host(), *right, answers_[index].host());
        if ((old.as<List>() && other.as<List>()) || (old.as<Object>() && other.as<Object>())) return true;
        return hurl::equal(old, other);
    }

    void compare_lists(const Values& at) {
        std::array<std::vector<const Value*>, most_answers> elements;
        for (std::size_t i = 0; i < answers_.size(); ++i)
            if (at[i] && at[i]->as<List>()) elements[i] = answers_[i].elements_of(*at[i]);
        const auto &old = elements[of_old], &fresh = elements[of_fresh];
        if (old.size() != fresh.size())
            tell(again_all([&](std::size_t i) { return elements[i].size() == old.size(); }), [&] {
                return fmt::format("has {} value{}, had {}", fresh.size(), fresh.size() == 1 ? "" : "s", old.size());
            });
        const auto* first = at[of_old]->as<List>()->data();
        for (std::size_t i = 0; i < std::min(old.size(), fresh.size()); ++i) {
            Values below{};
            for (std::size_t of = 0; of < answers_.size(); ++of)
                below[of] = i < elements[of].size() ? elements[of][i] : nullptr;
            steps_.push_back({{}, static_cast<std::size_t>(old[i] - first)});
            compare(below);
            steps_.pop_back();
        }
    }

    void compare_sets(const Values& at) {
        const auto old = answers_[of_old].keyed_elements(*at[of_old]);
        const auto fresh = answers_[of_fresh].keyed_elements(*at[of_fresh]);
        const auto gone = only_in(old, fresh), added = only_in(fresh, old);
        if (gone.empty() && added.empty()) return;
        const auto is_as_old = [&](std::size_t i) {
            if (!at[i] || !at[i]->as<List>()) return false;
            const auto again = answers_[i].keyed_elements(*at[i]);
            return only_in(old, again).empty() && only_in(again, old).empty();
        };
        tell(again_all(is_as_old), [&] {
            const auto some = [&](std::string_view verb, const Keyed& values) {
                const auto more = values.size() > 1 ? fmt::format(" and {} more", values.size() - 1) : "";
                return fmt::format("{} {}{}", verb, text_of_value(*values.front().second), more);
            };
            if (added.empty()) return some("lacks", gone);
            return (gone.empty() ? "" : some("lacks", gone) + ", and ") + some("has in addition", added);
        });
    }

    void compare_objects(const Values& at) {
        std::array<Members, most_answers> members;
        for (std::size_t i = 0; i < answers_.size(); ++i)
            if (at[i] && at[i]->as<Object>()) members[i] = answers_[i].members_of(*at[i]);
        const auto &old = members[of_old], &fresh = members[of_fresh];
        for (std::size_t i = 0, j = 0; i < old.size() || j < fresh.size();) {
            const bool in_old = i < old.size() && (j == fresh.size() || old[i]->name <= fresh[j]->name);
            const bool in_fresh = j < fresh.size() && (i == old.size() || fresh[j]->name <= old[i]->name);
            const std::string_view name = in_old ? old[i]->name : fresh[j]->name;
            steps_.push_back({name, 0});
            Values below{in_old ? &old[i]->value : nullptr, in_fresh ? &fresh[j]->value : nullptr};
            for (auto of = of_again; of < answers_.size(); ++of) below[of] = member_named(members[of], name);
            compare_members(below);
            steps_.pop_back();
            i += in_old ? 1 : 0;
            j += in_fresh ? 1 : 0;
        }
    }

    void compare_members(const Values& at) {
        if (at[of_old] && at[of_fresh]) return compare(at);
        const bool is_stable = again_all([&](std::size_t i) { return !at[i] == !at[of_old]; });
        tell(is_stable, [&] {
            return at[of_old] ? fmt::format("is missing, was {}", text_of_value(*at[of_old]))
                              : fmt::format("is new: {}", text_of_value(*at[of_fresh]));
        });
    }

    template <typename Sentence>
    void tell(bool is_stable, Sentence sentence) {
        if (!is_stable) {
            if (out_.unstable.size() < most_differences) return out_.add_unstable("JSON " + pointer());
            ++out_.unstable_count;
        } else if (out_.listed.size() < most_differences) {
            out_.add(fmt::format("JSON {} {}", pointer(), sentence()));
        } else {
            ++out_.count;
        }
    }

    std::string pointer() const {
        std::string out;
        for (const auto& [name, index] : steps_) {
            out += name.data() ? pointer_token(name.substr(0, enough_pointer)) : fmt::format("/{}", index);
            if (out.size() > enough_pointer) break;
        }
        return out.empty() ? "(the whole)" : shortened(mask(to_valid_utf8(out)), most_pointer);
    }

    std::string text_of_value(const Value& value) const {
        if (const auto* list = value.as<List>()) return fmt::format("a list of {}", list->size());
        if (const auto* object = value.as<Object>()) return fmt::format("an object of {}", object->size());
        std::string_view name; // the nearest one, also of a list's elements
        for (const auto& step : steps_)
            if (step.name.data()) name = step.name;
        const auto* text = value.as<std::string>();
        const auto shown = shown_text(text ? *text : hurl::rendered(value).value_or(""), name.substr(0, most_pointer));
        return text && shown != "***" ? '"' + shown + '"' : shown;
    }

    struct Step {
        std::string_view name; // of a member; without data: an element
        std::size_t index = 0;
    };
    std::vector<JsonAnswer> answers_;
    Differences& out_;
    std::vector<Step> steps_;
};

}

Result<void> add_json_differences(const Value& old, const Value& fresh, std::span<const Value> again,
                                  const JsonRules& rules, const OwnHosts& hosts, Differences& out) {
    std::vector<JsonAnswer> answers;
    Values roots{};
    const auto add = [&](const Value& root, const std::string& host) -> Result<void> {
        if (answers.size() == most_answers) return {};
        auto answer = TRY(JsonAnswer::read(root, host, rules));
        roots[answers.size()] = &root;
        answers.push_back(std::move(answer));
        return {};
    };
    TRY_VOID(add(old, hosts.old));
    TRY_VOID(add(fresh, hosts.fresh));
    for (const auto& one : again) TRY_VOID(add(one, hosts.old));
    if (answers[of_old].ignores(old) || answers[of_fresh].ignores(fresh)) return {};
    JsonWalk(std::move(answers), out).compare(roots);
    return {};
}

}
