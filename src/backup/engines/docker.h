#pragma once
#include "backup/engines/engine.h"
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Volumes of the Docker engine and who uses them, by the program `docker`.
namespace fairlead::backup::docker {

struct Volume {
    std::string name, driver, project, key; // of compose's labels: whose it is, and its name in the file
    sys::Path folder;                       // where its files lie on the engine's host
    std::string kind;                       // of what is mounted there ("nfs"); empty: nothing is
};

struct Container {
    std::string id, name, image, project, service;
    bool running = false;
    std::map<std::string, std::string> mounts; // a volume's name, and where it is in there
    bool is_called(const std::string& service_or_name) const {
        return service == service_or_name || name == service_or_name;
    }
};

Result<std::vector<Volume>> volumes(const World& world);
Result<std::vector<Container>> containers(const World& world); // stopped ones, too
Result<void> make_volume(const std::string& name, const World& world);

// The one of that name, or compose's of that key where there is but one. Error (usage) with those that exist.
Result<Volume> choose(const std::vector<Volume>& all, const std::string& name);

// Whether such a container keeps a database in the volume: by its image, by where the volume is in there, by its files.
bool keeps_database(const Container& container, const Volume& volume);

// Containers that are stopped for a while. They are started again when this goes, and by a watcher when we are killed.
class Stopped {
  public:
    static Result<std::unique_ptr<Stopped>> stop(const std::vector<Container>& which, const World& world);
    ~Stopped();
    Result<void> start(); // those that ran; at once when this goes without it

  private:
    Stopped(const World& world, sys::TemporaryFolder folder, sys::Lock lock);
    Result<void> watch() const;

    const World& world_;
    sys::TemporaryFolder folder_;
    sys::Lock lock_; // held while we live
    std::vector<std::string> ids_, names_;
};

}
