using System.Text.Json;
using Beam.Buffering;
using Beam.Core.Tests.Transfers;
using Beam.Holding;
using Beam.Tokens;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Holding;

/// <summary>A spill directory whose files a former process has written, and the next process that finds them.</summary>
internal sealed class HeldBench : IDisposable
{
    public const string Key = HeldKey.FileName;
    public const string ChannelName = "channel";
    public const string ChannelFile = ChannelName + HeldDirectory.ChannelExtension;

    private readonly TempFolder _folder = new();

    public HeldBench(Action<string>? delete = null)
    {
        Directory = new HeldDirectory(_folder["spill"], new BufferBudget(long.MaxValue), delete);
    }

    /// <summary>Gets when the next process starts.</summary>
    public static DateTimeOffset Now { get; } = new FakeClock().GetUtcNow();

    public HeldDirectory Directory { get; }

    public BufferBudget Disk { get; } = new(64 * 1024 * 1024);

    /// <summary>Gets the names of what lies there.</summary>
    public IReadOnlyList<string> Files => [.. _folder.Files().Select(static file => Path.GetFileName(file))];

    public string this[string name] => Path.Combine(Directory.Path, name);

    /// <summary>An entry of a file of ten bytes, which the relay takes.</summary>
    public static HeldEntry Entry() => new(
        HeldEntry.CurrentVersion,
        ChannelName,
        "abcde-1",
        "file",
        "text/plain",
        ContentEncoding: null,
        Length: 10,
        Receivers: 1,
        Deadline: Now + TimeSpan.FromHours(1),
        Digest("root"));

    /// <summary>A channel with one token or more, which the relay takes.</summary>
    public static HeldChannel Channel(params IReadOnlyList<HeldToken> tokens)
        => new(HeldChannel.CurrentVersion, tokens.Count > 0 ? tokens : [Root]);

    public static HeldToken Root { get; } = Token("root");

    public static HeldToken Token(string secret, int parent = -1, TokenRights rights = TokenRights.All, int? uses = null)
        => new(Digest(secret), parent, rights, Now + TimeSpan.FromMinutes(10), Now + TimeSpan.FromHours(2), uses);

    public static string Digest(string secret) => TokenDigest.Of(secret).ToHex();

    /// <summary>Writes a file as a sender sends it.</summary>
    public HeldFile Create(int length = 10)
    {
        var file = HeldFile.Create(Directory, Disk);
        RandomAccess.Write(file.Bytes.EnterToWrite(), TestBytes.Create(TestSender.Seed, length), 0);
        file.Bytes.Leave();
        return file;
    }

    /// <summary>Makes what writes of a channel.</summary>
    public SignedFile CreateChannelFile(string name = ChannelName)
        => new(Directory, new DiskLease(Disk), name, HeldDirectory.ChannelExtension);

    /// <summary>Writes of a channel, and lets go of it.</summary>
    public void Write(HeldChannel channel, string name = ChannelName)
    {
        var file = CreateChannelFile(name);
        file.Write(JsonOf(channel));
        file.Close();
    }

    public static byte[] JsonOf(HeldChannel channel)
        => JsonSerializer.SerializeToUtf8Bytes(channel, HoldingJsonContext.Default.HeldChannel);

    /// <summary>Writes an accepted file, and its channel if nobody has done that, and lets go of it.</summary>
    public string Write(HeldEntry entry)
    {
        if (entry.Channel == ChannelName && !File.Exists(this[ChannelFile]))
        {
            Write(Channel());
        }

        var file = Create((int)entry.Length);
        file.Keep(entry);
        file.Close();
        return file.Name;
    }

    /// <summary>Copies what is on the disk now, as a crash leaves it.</summary>
    public HeldBench Crash()
    {
        var copy = new HeldBench();
        foreach (var file in Files)
        {
            File.Copy(this[file], copy[file]);
        }

        return copy;
    }

    public TestRelay Start(Action<BeamOptions>? configure = null) => new(options =>
    {
        options.SpillDirectory = _folder["spill"];
        configure?.Invoke(options);
    });

    /// <summary>Starts a relay, which takes nothing of what is there, deletes it, and says so in one line.</summary>
    public void AssertDropped()
    {
        using var relay = Start();

        Assert.Equal(0, relay.Relay.TransferCount);
        Assert.Null(relay.Relay.Tokens.Find("root"));
        Assert.Equal(1, relay.Relay.Tokens.Count);
        Assert.Contains("HeldFileDropped", Assert.Single(relay.Logs.AtLeast(LogLevel.Warning)).ToString(), StringComparison.Ordinal);
        Assert.Equal([Key], Files);
        Assert.Equal(0, relay.Budgets.Disk.UsedBytes);
    }

    public void Dispose() => _folder.Dispose();
}
