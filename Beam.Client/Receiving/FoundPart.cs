using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>What an earlier run has left of a file.</summary>
/// <param name="Id">The transfer that it belongs to.</param>
/// <param name="Bytes">How many bytes of it are here.</param>
/// <param name="Hash">Their digest, which can go on. It belongs to the caller.</param>
internal readonly record struct FoundPart(string Id, long Bytes, IncrementalHash Hash);
