using Beam.Client.Tests.Sending;

namespace Beam.Client.Tests.Receiving;

/// <summary>A file whose beginning a first run has received; its sender waits with the rest.</summary>
internal sealed class LeftFile : IAsyncDisposable
{
    public const string Name = "a.bin";

    private readonly BeamClient _beam;
    private readonly GatedStream _content;
    private readonly Task<BeamReceipt> _sending;
    private readonly int _seed;
    private readonly int _length;

    private LeftFile(BeamClient beam, BeamLink link, TempFolder folder, TempFolder state, int seed, int length, int first)
    {
        (_beam, Link, Folder, State, _seed, _length) = (beam, link, folder, state, seed, length);
        _content = new GatedStream(seed, length, first);
        _sending = beam.SendAsync(link, _content);
    }

    public BeamLink Link { get; }

    public TempFolder Folder { get; }

    public TempFolder State { get; }

    /// <summary>Gets where the partial file is, as the first run has left it.</summary>
    public string Partial { get; private set; } = "";

    /// <summary>Gets where the journal is.</summary>
    public string Journal => State[Assert.Single(State.Files())];

    /// <summary>Sends a file, and receives its beginning with a run that is then stopped.</summary>
    public static async Task<LeftFile> CreateAsync(
        BeamClient beam,
        TempFolder folder,
        TempFolder state,
        int seed,
        int length,
        int first)
    {
        var link = (await beam.MintAsync()).Link.WithName(Name);
        var left = new LeftFile(beam, link, folder, state, seed, length, first);
        var before = folder.Files();
        using var stop = new CancellationTokenSource();
        var receiving = beam.ReceiveAsync(link, folder[Name], left.Options(), stop.Token);
        await Eventually.TrueAsync(
            () => folder.Files().Except(before).ToArray() is [var file] && new FileInfo(folder[file]).Length == first,
            "the beginning is here");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.Soon());
        left.Partial = folder[Assert.Single(folder.Files().Except(before))];
        return left;
    }

    public BeamReceiveOptions Options() => new() { StateFolder = State.Path };

    /// <summary>Lets the sender go on.</summary>
    public void Open() => _content.Open();

    /// <summary>Goes on in a second run.</summary>
    /// <returns>What was received, and from where on the second run has written.</returns>
    public async Task<(BeamReceivedFile Received, long From)> GoOnAsync(BeamReceiveOptions? options = null)
    {
        _content.Open();
        var handed = new List<long>();
        options ??= Options();
        options.Progress = new Progress.Handed(handed);
        var received = await _beam.ReceiveAsync(Link, Folder[Name], options).Soon();
        return (received, handed.FirstOrDefault(static bytes => bytes > 0));
    }

    /// <summary>Waits for the end of the sender, and checks that it has heard that this very file is there.</summary>
    public async Task AssertIsThereAsync()
    {
        var receipt = await _sending.Soon();
        Assert.Equal((BeamOutcome.Confirmed, true), (receipt.Outcome, receipt.IsVerified));
        var bytes = await File.ReadAllBytesAsync(Folder[Name]);
        Assert.Equal(_length, bytes.Length);
        Assert.Equal(-1, TestBytes.FindMismatch(_seed, 0, bytes));
    }

    public async ValueTask DisposeAsync()
    {
        _content.Open();
        try
        {
            await _beam.CancelAsync(Link);
        }
        catch (BeamException)
        {
            // It is over.
        }

        await ((Task)_sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _content.Dispose();
    }
}
