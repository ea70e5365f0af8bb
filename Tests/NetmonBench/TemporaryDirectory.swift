import Glibc

/// A directory that is removed, with the files in it, at the end of its life.
final class TemporaryDirectory {
  let path: String

  init() throws(BenchError) {
    var template = Array("/tmp/netmon-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("mkdtemp", errno: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    let pattern = path + "/*"
    var files = glob_t()
    if glob(pattern, 0, nil, &files) == 0 {
      for index in 0..<Int(files.gl_pathc) { unlink(files.gl_pathv[index]!) }
    }
    globfree(&files)
    rmdir(path)
  }
}
