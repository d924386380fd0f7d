#include "migrate/drivers/django_files.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// django.db.migrations.loader and graph: squashed migrations stand for what they replace, and the plan goes from each
// app's end to its beginnings.
namespace fairlead::migrate::drivers {

namespace {

using Keys = std::set<DjangoKey>;

std::string plan_name(const DjangoKey& key) { return key.first + "." + key.second; }

class DjangoGraph {
  public:
    DjangoGraph(const std::map<DjangoKey, DjangoMigration>& all, const std::vector<DjangoApp>& apps,
                const std::vector<DjangoKey>& applied)
        : all_(all), applied_(applied.begin(), applied.end()) {
        for (const auto& app : apps) apps_.insert(app.label);
        for (const auto& [key, migration] : all_) {
            there_.insert(key);
            points_[key];
        }
        connect();
        replace();
    }

    DjangoPlan plan() {
        DjangoPlan plan;
        plan.trouble = missing();
        for (const auto& key : there_)
            if (is_end(key)) walk(key, plan);
        for (const auto& key : there_) // what stands in a circle has no end
            if (!done_.contains(key)) walk(key, plan);
        if (is_circle_ && !plan.trouble)
            plan.trouble = no("migrations depend on each other in a circle (CircularDependencyError); correct the "
                              "dependencies of one migration");
        return plan;
    }

  private:
    struct Point {
        Keys parents, children;
    };

    bool is_here(const DjangoKey& key) const { return apps_.contains(key.first); }

    void join(const DjangoKey& child, const DjangoKey& parent) {
        points_[child].parents.insert(parent);
        points_[parent].children.insert(child);
    }

    void connect() {
        for (const auto& [key, migration] : all_)
            for (const auto& parent : migration.dependencies)
                if (parent.first == key.first && parent.second != "__first__") join(key, parent);
        const auto inner = points_;
        for (const auto& [key, migration] : all_) {
            for (const auto& parent : migration.dependencies)
                if (parent.first != key.first && is_here(parent))
                    if (const auto meant = meant_by(parent, inner)) join(key, *meant);
            for (const auto& child : migration.run_before)
                if (is_here(child))
                    if (const auto meant = meant_by(child, inner)) join(*meant, key);
        }
    }

    std::optional<DjangoKey> meant_by(const DjangoKey& key, const std::map<DjangoKey, Point>& inner) const {
        const bool is_first = key.second == "__first__";
        if ((!is_first && key.second != "__latest__") || all_.contains(key)) return key;
        for (const auto& [version, point] : inner) {
            const DjangoKey& each = version; // clang 14 captures no binding
            const auto& around = is_first ? point.parents : point.children;
            const bool is_edge = std::none_of(around.begin(), around.end(),
                                              [&](const DjangoKey& one) { return one.first == each.first; });
            if (each.first == key.first && all_.contains(each) && is_edge) return each;
        }
        return std::nullopt;
    }

    void replace() {
        for (const auto& [key, migration] : all_) {
            if (migration.replaces.empty()) continue;
            const auto is_applied = [&](const DjangoKey& one) { return applied_.contains(one); };
            const bool has_all = std::all_of(migration.replaces.begin(), migration.replaces.end(), is_applied);
            const bool has_any = std::any_of(migration.replaces.begin(), migration.replaces.end(), is_applied);
            if (has_all)
                applied_.insert(key);
            else
                applied_.erase(key);
            const Keys replaced(migration.replaces.begin(), migration.replaces.end());
            if (has_all || !has_any)
                stand_for(key, replaced);
            else
                step_aside(key, replaced);
        }
    }

    void stand_for(const DjangoKey& key, const Keys& replaced) {
        for (const auto& one : replaced) {
            there_.erase(one);
            const auto found = points_.find(one);
            if (found == points_.end() || one == key) continue;
            const Point gone = std::move(found->second);
            points_.erase(found);
            for (const auto& child : gone.children) {
                if (child == one) continue;
                points_[child].parents.erase(one);
                if (!replaced.contains(child)) join(child, key);
            }
            for (const auto& parent : gone.parents) {
                if (parent == one) continue;
                points_[parent].children.erase(one);
                if (!replaced.contains(parent)) join(key, parent);
            }
        }
    }

    void step_aside(const DjangoKey& key, const Keys& replaced) {
        there_.erase(key);
        const auto found = points_.find(key);
        if (found == points_.end()) return;
        const Point gone = std::move(found->second);
        points_.erase(found);
        Keys last, before;
        for (const auto& one : replaced)
            if (const auto point = points_.find(one); point != points_.end()) {
                last.insert(one);
                before.insert(point->second.parents.begin(), point->second.parents.end());
            }
        for (const auto& one : before) last.erase(one);
        for (const auto& child : gone.children) {
            points_[child].parents.erase(key);
            for (const auto& one : last)
                if (one != child) join(child, one);
        }
        for (const auto& parent : gone.parents) points_[parent].children.erase(key);
    }

    std::optional<Error> missing() const {
        for (const auto& [key, point] : points_) {
            if (there_.contains(key) || point.children.empty()) continue;
            const auto& child = *point.children.begin();
            const auto at = all_.find(child);
            return no(fmt::format("{}: {} depends on {}, which no file has (NodeNotFoundError); bring that file back, "
                                  "or correct dependencies",
                                  at == all_.end() ? "" : at->second.file, plan_name(child), plan_name(key)));
        }
        return std::nullopt;
    }

    bool is_end(const DjangoKey& key) const {
        const auto& children = points_.at(key).children;
        return std::none_of(children.begin(), children.end(),
                            [&](const DjangoKey& child) { return child.first == key.first; });
    }

    void walk(const DjangoKey& end, DjangoPlan& plan) {
        std::vector<std::pair<DjangoKey, bool>> stack{{end, false}};
        while (!stack.empty()) {
            const auto [key, is_left] = stack.back();
            stack.pop_back();
            if (done_.contains(key)) continue;
            if (is_left) {
                open_.erase(key);
                done_.insert(key);
                if (there_.contains(key)) put(key, plan);
                continue;
            }
            open_.insert(key);
            stack.emplace_back(key, true);
            for (const auto& parent : points_.at(key).parents) {
                if (open_.contains(parent))
                    is_circle_ = true;
                else
                    stack.emplace_back(parent, false);
            }
        }
    }

    void put(const DjangoKey& key, DjangoPlan& plan) {
        DjangoPlan::Node node{key, {}, applied_.contains(key)};
        auto parents = points_.at(key).parents;
        for (const auto& parent : all_.at(key).dependencies)
            if (!is_here(parent)) parents.insert(parent);
        node.parents.assign(parents.begin(), parents.end());
        plan.nodes.push_back(std::move(node));
    }

    const std::map<DjangoKey, DjangoMigration>& all_;
    std::set<std::string> apps_;
    Keys applied_, there_, done_, open_;
    std::map<DjangoKey, Point> points_; // also of what is missing
    bool is_circle_ = false;
};

}

DjangoPlan django_plan(const std::map<DjangoKey, DjangoMigration>& all, const std::vector<DjangoApp>& apps,
                       const std::vector<DjangoKey>& applied) {
    return DjangoGraph(all, apps, applied).plan();
}

}
