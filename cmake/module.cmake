# A module is a folder: its sources (tests and main.cpp apart) become one object library,
# position-independent and hidden, so that the same objects feed libpaas.so, the programs and the
# unit tests. Sources are found by pattern; a new file or folder needs no line here.
# Unity batches never cross a folder, so that file-local names only have to differ within one.
# Batches are small enough that one touched file is compiled again in seconds.
function(paas_unity target batch)
  if(NOT PAAS_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "${folder}" key)
    if(NOT DEFINED count_${key})
      set(count_${key} 0)
    endif()
    math(EXPR part "${count_${key}} / ${batch}")
    math(EXPR count_${key} "${count_${key}} + 1")
    file(RELATIVE_PATH name "${CMAKE_CURRENT_SOURCE_DIR}" "${folder}")
    string(MAKE_C_IDENTIFIER "${name}_${part}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# Flags and include paths shared by everything we write.
function(paas_own target)
  target_link_libraries(${target} PRIVATE paas_warnings)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${target} PRIVATE PAAS_VERSION="${PROJECT_VERSION}")
endfunction()

# All that is shipped but its main functions, compiled and not linked: what the preset `nounity` is
# for, in a third of the time that everything takes.
add_custom_target(sources)

# paas_module(<folder>): the object library of one folder, not of the folders below it.
function(paas_module folder)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  if(NOT sources)
    return()
  endif()
  string(MAKE_C_IDENTIFIER "${folder}" target)
  add_library(${target} OBJECT ${sources})
  paas_own(${target})
  paas_unity(${target} 8)
  if(folder MATCHES "^tests/" AND NOT folder MATCHES "^tests/bench")
    # Nobody ships these, nor measures with them: half the compile time for a little speed.
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  if(NOT folder MATCHES "^tests/")
    add_dependencies(sources ${target})
  endif()
  if(folder STREQUAL "provider/plugin")  # the only folder that may include grpcpp and *.pb.h
    target_link_libraries(${target} PRIVATE paas_protos)
  endif()
  string(REGEX MATCH "^(libpaas|provider|agent|tests/[^/]+)" part "${folder}")
  set_property(GLOBAL APPEND PROPERTY "PAAS_OBJECTS_${part}" "$<TARGET_OBJECTS:${target}>")
endfunction()

# paas_modules(<folder>): a module for every folder at or below this one that has sources.
function(paas_modules root)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
       "${PROJECT_SOURCE_DIR}/${root}/*.cpp")
  set(folders "")
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    list(APPEND folders "${folder}")
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder IN LISTS folders)
    paas_module("${folder}")
  endforeach()
endfunction()

# paas_use_objects(<target> <part>...): the objects of whole parts ("libpaas", "provider", ...).
function(paas_use_objects target)
  foreach(part IN LISTS ARGN)
    get_property(objects GLOBAL PROPERTY "PAAS_OBJECTS_${part}")
    target_sources(${target} PRIVATE ${objects})
  endforeach()
endfunction()

# paas_program(<name> <folder> PARTS <part>...): a program whose main.cpp is in the folder; skipped
# where there is none.
function(paas_program name folder)
  cmake_parse_arguments(arg "" "" "PARTS" ${ARGN})
  if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${folder}/main.cpp")
    return()  # configured again when it appears: paas_modules() watches the folder
  endif()
  add_executable(${name} "${folder}/main.cpp")
  paas_own(${name})
  paas_use_objects(${name} ${arg_PARTS})
endfunction()
