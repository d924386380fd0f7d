#pragma once
#include "sys/stream/stream.h"
#include <functional>
#include <memory>
#include <thread>

namespace fairlead::sys {

// Returns a sink that writes to `into` in another thread and buffers at most 1 MiB, so that the writer need not wait. A
// later write, or close(), returns the errors of `into`. The destructor waits for the thread.
std::unique_ptr<Sink> behind(std::unique_ptr<Sink> into);

// Returns a source of the bytes that `write` writes in another thread, which buffers at most 1 MiB. After the last
// bytes, read() returns the error of `write`. `write` doesn't close its sink. The source's destructor ends `write`: its
// next write fails.
std::unique_ptr<Source> written_by(std::function<Result<void>(Sink&)> write);

// Starts a thread with all signals blocked, so that earlier threads get them.
std::thread deaf_thread(std::function<void()> work);

}
