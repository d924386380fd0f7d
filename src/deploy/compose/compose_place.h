#pragma once
#include "deploy/compose/cli.h"
#include "deploy/compose/engine.h"
#include "deploy/compose/labels.h"
#include "deploy/compose/model.h"
#include "deploy/compose/recipe.h"
#include "deploy/layout.h"
#include "deploy/place.h"
#include "deploy/world.h"
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

// Only for use within deploy/compose. The class is implemented in five files. place.cpp: owner and obstacles;
// images.cpp: the parts of a release; changes.cpp: changes to the user's model; running.cpp: starts and ends
// containers; look.cpp: looks at containers.
namespace fairlead::deploy {

class ComposePlace : public Place {
  public:
    explicit ComposePlace(const World& world)
        : world_(world), settings_(world.settings), host_(world.host), layout_{world.settings.root, true} {}

    Result<void> check_owner() override;
    Result<void> preflight() override;
    std::vector<std::string> notes() override;
    Result<Release> read(const std::string& version, const std::string& commit) override;
    std::vector<Instance> instances(const std::string& slot) override;
    bool by_tcp() const override { return !by_socket(); }
    // A container can't end by itself after a time, so containers are never kept warm; preflight() refuses keep_warm.
    Result<void> keep_warm(const std::vector<Instance>&, Milliseconds) override { return {}; }
    Result<void> wake(const std::vector<Instance>&) override { return {}; }
    Result<void> can_start() override { return cli().ok() ? Result<void>() : Result<void>(cli().error()); }
    Result<void> here() override;
    Result<Seen> observe() override;
    Result<std::vector<Stray>> strays() override;
    Result<void> end_stray(const std::string& name) override;
    Result<std::vector<Usage>> resources() override;
    Assignments given(const std::string& slot) override;
    Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) override;
    Result<void> fetch(const Release& release) override;
    Result<void> prepare(const ReleaseInfo& release) override;
    Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) override;
    Result<void> restart(const Instance& instance) override;
    Result<ProcessSeen> process(const Instance& instance) override;
    std::vector<sys::ProcessId> processes(const std::vector<Instance>& instances) override;
    Result<std::string> address(const Instance& instance) override;
    Result<bool> listens(const Instance& instance) override;
    Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) override;
    Result<void> end(const Instance& instance) override;
    Result<void> kill(const Instance& instance) override;
    Result<void> clear(const Instance& instance) override;
    // `restart:` belongs to the user
    Result<void> commit(const std::string&, const std::string&) override { return {}; }
    Result<std::vector<std::string>> present() override;
    Result<std::vector<ledger::Damage>> damaged() override;
    Result<void> prune(const std::vector<std::string>& kept) override;
    std::string log(const Instance& instance, std::size_t lines) override;
    std::string prepare_lines(std::size_t lines) override;
    Result<void> check(const std::string& release) override;
    Result<std::string> drift(const std::string& release) override;

  private:
    Result<const Engine*> engine();
    Result<const ComposeCli*> cli();
    Result<const Model*> today();
    Result<Model> read_today();
    Result<void> check_reach();
    const Model* known();
    ComposeFiles files() const;
    std::string project_folder() const; // the folder of the first file
    std::string own_labels(const std::string& name) const;
    bool by_socket() const { return settings_.uses_sockets(); }

    Result<std::vector<std::string>> services(const Model& model) const;
    std::vector<std::string> notes_of_variables(const Model& model, const std::vector<std::string>& names) const;
    std::string service_of(const Instance& instance);
    Result<std::map<std::string, UsedImage>> resolve(const Model& model, const std::vector<std::string>& services);
    Result<UsedImage> resolve_local(const std::string& reference);
    Result<int> port_of(const ModelService& service, const UsedImage& image);

    sys::Path recipe_file(const std::string& release) const {
        return sys::Path(settings_.state) / "compose" / (release + ".json");
    }
    Result<Recipe> recipe_of(const std::string& release);
    sys::Path slot_folder(const Instance& instance) const {
        return sys::Path(settings_.state) / "slots" / name_of(instance);
    }
    std::string socket_of(const Instance& instance) const { return layout_.socket(name_of(instance)).string(); }
    std::string keep_name(const std::string& service) const;

    Result<std::vector<Instance>> slots(); // slots that have a folder
    Result<std::vector<ListedContainer>> own();
    Result<std::optional<ListedContainer>> find(const Instance& instance);
    Result<std::optional<Usage>> usage_of(const ListedContainer& one);
    Result<std::optional<ContainerSeen>> inspect(const Instance& instance);
    Result<std::vector<ListedContainer>> of_project(const std::string& project);

    Change change_of(const Instance& instance, const ReleaseInfo& release, const Recipe& recipe);
    Change base_change(const std::string& service, const ReleaseInfo& release, const Recipe& recipe) const;
    Result<std::string> hash_of(const std::string& service, const ReleaseInfo& release, const Recipe& recipe) const;
    Result<void> write_secrets(const sys::Path& folder, const std::string& user) const;
    void add_secrets(const sys::Path& folder, Change& change) const;
    Result<int> free_port();
    Result<void> find_held_ports();
    Result<void> remove_ended();
    sys::Path launch_file(const Instance& instance) const { return slot_folder(instance) / "launch.json"; }
    // Records which container was told to end, and in which of its runs, because the engine doesn't record it.
    sys::Path ending_file(const Instance& instance) const { return slot_folder(instance) / "ending"; }
    bool is_ending(const Instance& instance, const ContainerSeen& seen) const;
    Result<std::map<std::string, int>> scale_with(const std::string& project, const std::vector<std::string>& names);
    Result<Change> make_ready(const Instance& instance, const ReleaseInfo& release, const Recipe& recipe);
    Result<void> start_as(const std::vector<Instance>& round, const std::vector<Change>& changes, const Recipe& recipe);
    Result<void> start_round(const std::vector<Instance>& round, const ReleaseInfo& release, const Recipe& recipe);
    Result<void> end_prepares();

    const World& world_;
    const Settings& settings_;
    sys::Host& host_;
    const Layout layout_;
    std::optional<Engine> engine_;
    std::optional<ComposeCli> cli_;
    std::optional<Model> today_, served_;
    std::optional<Error> failed_; // why there is no current model
    std::optional<Recipe> read_;  // of the release that was read in this process
    std::set<int> taken_;         // ports assigned by this process, and ports of existing containers
    std::string prepared_;        // the output of prepare's last command
};

}
