using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Beam.Cli.Configuration;

namespace Beam.Cli.Sending;

/// <summary>Remembers what is being sent until it is known what became of it: a run that is killed leaves a file that the next one finds.</summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="clock">The clock.</param>
internal sealed class SendingMemory(string folder, TimeProvider clock)
{
    // No token lives longer.
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>
    /// Claims something to be sent for this run. Nothing if another run that is still alive sends the same: each has a link of its own then, and this one leaves no trace.
    /// The claim ends when it is disposed, or with the process.
    /// </summary>
    public IDisposable? TryClaim(Uri server, string fingerprint)
    {
        PrivateFile.CreateFolder(folder);
        try
        {
            return new FileStream(PathOf(server, fingerprint) + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Finds what an earlier run was sending.</summary>
    /// <param name="server">To which server.</param>
    /// <param name="fingerprint">What it was.</param>
    public SendingRecord? Find(Uri server, string fingerprint)
    {
        var path = PathOf(server, fingerprint);
        try
        {
            return File.Exists(path) && !IsTooOld(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), SettingsJson.Default.SendingRecord)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // Nothing is lost but the chance to go on.
            return null;
        }
    }

    /// <summary>Remembers it.</summary>
    public void Keep(Uri server, string fingerprint, SendingRecord record)
        => PrivateFile.Write(PathOf(server, fingerprint), JsonSerializer.SerializeToUtf8Bytes(record, SettingsJson.Default.SendingRecord));

    /// <summary>Forgets it, and whatever is too old to be gone on with.</summary>
    public void Forget(Uri server, string fingerprint)
    {
        File.Delete(PathOf(server, fingerprint));
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (IsTooOld(path))
            {
                File.Delete(path);
            }
        }
    }

    private bool IsTooOld(string path) => clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > LongestLife;

    private string PathOf(Uri server, string fingerprint)
        => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{server}\n{fingerprint}")).AsSpan(0, 16)) + ".json");
}
