internal import Foundation
internal import NetmonCore
internal import NetmonKernel
internal import Synchronization

/// Performs provocations, all at once, as some take seconds.
final class Provocations: Sendable {
  typealias Result = Swift.Result<Provocation.Traces, Provocation.Obstacle>

  private let results: Mutex<[String: Result]> = Mutex([:])
  private let scene: Scene

  init(scene: Scene) {
    self.scene = scene
  }

  /// What came of each, by its name. Ends after some seconds.
  func perform(_ all: [Provocation]) async -> [String: Result] {
    await withCheckedContinuation { continuation in
      // Sockets and new threads belong to the namespace of the thread that makes them, and nobody
      // else may get into that of the laboratory.
      Thread.detachNewThread { [self] in
        for provocation in all where provocation.place == .newProcess {
          perform(provocation, in: scene)
        }
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread { [self] in
          enterLaboratory(all.filter { $0.place == .laboratory })
          group.leave()
        }
        start(all.filter { $0.place == .loopback }, in: scene, group)
        group.wait()
        continuation.resume()
      }
    }
    return results.withLock { $0 }
  }

  private func enterLaboratory(_ provocations: [Provocation]) {
    do throws(KernelError) {
      let laboratory = try Laboratory.enter()
      var scene = scene
      scene.networkNamespace = laboratory.networkNamespace
      scene.hasIPv6 = laboratory.hasIPv6
      let group = DispatchGroup()
      start(provocations, in: scene, group)
      group.wait()
    } catch {
      let obstacle = Provocation.Obstacle.missing("no network namespace of its own: \(error)")
      for provocation in provocations { note(.failure(obstacle), of: provocation) }
    }
  }

  /// Has each performed on a thread of its own.
  private func start(_ provocations: [Provocation], in scene: Scene, _ group: DispatchGroup) {
    for provocation in provocations {
      group.enter()
      Thread.detachNewThread { [self] in
        perform(provocation, in: scene)
        group.leave()
      }
    }
  }

  private func perform(_ provocation: Provocation, in scene: Scene) {
    do throws(Provocation.Obstacle) {
      note(.success(try provocation.perform(scene)), of: provocation)
    } catch {
      note(.failure(error), of: provocation)
    }
  }

  private func note(_ result: Result, of provocation: Provocation) {
    results.withLock { $0[provocation.name] = result }
  }
}
