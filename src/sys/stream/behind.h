#pragma once
#include "sys/stream/stream.h"
#include <functional>
#include <memory>
#include <thread>

namespace fairlead::sys {

// Returns a sink that writes to `into` in a thread, at most 1 MiB late, so that the writer need not wait. Errors of
// `into` come with a later write or with close(). The destructor waits for the thread.
std::unique_ptr<Sink> behind(std::unique_ptr<Sink> into);

// Returns a source of the bytes that `write` writes in a thread, at most 1 MiB ahead. An error of `write` comes after
// its last bytes. `write` doesn't close its sink. The source's destructor ends `write`: its next write fails.
std::unique_ptr<Source> written_by(std::function<Result<void>(Sink&)> write);

// Starts a thread that gets no signals: the earlier threads get them.
std::thread deaf_thread(std::function<void()> work);

}
