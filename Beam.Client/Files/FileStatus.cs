namespace Beam.Client;

/// <summary>What a system tells of an open file and .NET does not.</summary>
/// <param name="Identity">Which file it is.</param>
/// <param name="HasOneName">Whether no other name leads to it.</param>
/// <param name="ChangedAt">
/// When it last changed in any way, which no program can set back; <see langword="null"/> on Windows.
/// </param>
internal readonly record struct FileStatus(FileIdentity Identity, bool HasOneName, long? ChangedAt);
