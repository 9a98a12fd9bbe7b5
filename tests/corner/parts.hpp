#pragma once
// What the corner provider is put together from; one source each.

#include <memory>
#include <mutex>
#include <vector>

#include "provider/tf/resource.hpp"

namespace paas::corner {

// What the provider was configured with.
struct Configuration {
  tf::Value greeting = tf::Null{};
  std::string terraform_version;
};
class Configured {
 public:
  void set(Configuration configuration) {
    const std::lock_guard lock(mutex_);
    configuration_ = std::move(configuration);
  }
  Configuration get() const {
    const std::lock_guard lock(mutex_);
    return configuration_;
  }

 private:
  mutable std::mutex mutex_;
  Configuration configuration_;
};

std::unique_ptr<tf::Resource> everything();
std::unique_ptr<tf::Resource> noop();
std::unique_ptr<tf::Resource> thing();
std::unique_ptr<tf::Resource> slow();
std::unique_ptr<tf::Resource> faulty();
std::unique_ptr<tf::Resource> deferring();
std::unique_ptr<tf::DataSource> echo();
std::unique_ptr<tf::DataSource> configuration(const Configured& configured);
std::vector<tf::Function> functions();
std::unique_ptr<tf::Ephemeral> secret();
std::unique_ptr<tf::ListResource> thing_list();
std::unique_ptr<tf::Action> announce();

}  // namespace paas::corner
