namespace Beam.Conformance.Tests.Delivery;

/// <summary>A file that a plain curl sends in one go.</summary>
internal sealed class Upload : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly BeamHost _host;
    private ClientProcess? _curl;

    private Upload(BeamHost host, string token, byte[] bytes)
    {
        _host = host;
        Bytes = bytes;
        Path = $"/{token}/file.bin";
    }

    /// <summary>What is sent.</summary>
    public byte[] Bytes { get; }

    /// <summary>Where it is received, below the host's address.</summary>
    public string Path { get; }

    /// <summary>The answer that the sender got.</summary>
    public string Receipt => Curl.OutputText;

    /// <summary>A folder for the receiver.</summary>
    public TempFolder Folder => _folder;

    private ClientProcess Curl => _curl ?? throw new InvalidOperationException("It has not begun.");

    public static async Task<Upload> PrepareAsync(BeamHost host, int bytes)
        => new(host, await host.MintAsync(), TestBytes.Create(bytes, bytes));

    public void Begin()
        => _curl = ClientProcess.Start("curl", "-sS", "--fail-with-body", "-T", _folder.Write("file.bin", Bytes), _host.Http1Url + Path);

    /// <summary>Asserts that the sender's curl ends well and got <paramref name="word"/>.</summary>
    public async Task AssertSucceededAsync(string word)
    {
        Assert.True(await Curl.WaitAsync() == 0, Curl.Describe());
        Assert.StartsWith($"{word}: {Bytes.Length} bytes to 1 receiver", Receipt, StringComparison.Ordinal);
    }

    /// <summary>Asserts that the sender's curl fails with a status and a reason.</summary>
    public async Task AssertFailedAsync(int status, string reason)
    {
        Assert.True(await Curl.WaitAsync() == 22, Curl.Describe());
        Assert.Contains($"error: {status}", Curl.ErrorText, StringComparison.Ordinal);
        Assert.Contains(reason, Receipt, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_curl is not null)
        {
            await _curl.DisposeAsync();
        }

        _folder.Dispose();
    }
}
