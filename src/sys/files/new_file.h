#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// Writes files in pieces so that they appear complete or not at all, and reads files in pieces.
namespace fairlead::sys {

// Part of the name of a file that is being written, between its final name and its writer's process id.
inline constexpr std::string_view partial_mark = ".partial-";

// A new file, named NAME.partial-PID-RANDOM in the same folder until publish(). Without publish(), the destructor
// removes it. Errors (could_not) name the final path.
class NewFile {
  public:
    static Result<NewFile> create(const Path& path, unsigned mode = 0600);
    NewFile(NewFile&&) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();
    Result<void> write(std::string_view bytes);
    // Syncs the file and gives it its final name. Error: that name exists already.
    Result<void> publish();

  private:
    struct State;
    explicit NewFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};
// Returns whether a process is still writing this partial file.
bool is_being_written(const Path& partial);

// Reads a regular file from its beginning.
class ReadFile {
  public:
    static Result<ReadFile> open(const Path& path);
    ReadFile(ReadFile&&) noexcept;
    ReadFile& operator=(ReadFile&&) = delete;
    ~ReadFile();
    std::uint64_t size() const;                     // at the time of opening
    Result<std::size_t> read(std::span<char> into); // 0: the end of the file

  private:
    struct State;
    explicit ReadFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

Result<void> remove_file(const Path& path); // removes the file and syncs the folder; no error if it is absent

}
