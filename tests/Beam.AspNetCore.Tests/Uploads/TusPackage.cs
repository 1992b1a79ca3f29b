namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>The npm package tus-js-client, installed once for the tests that use it.</summary>
public sealed class TusPackage : IAsyncLifetime
{
    private const string Package = "tus-js-client@4.3.1";

    // Sends a file; "-" in the place of the address to resume begins anew. It says where it is after each piece.
    private const string Script = """
        const fs = require('fs');
        const tus = require('tus-js-client');
        const [file, endpoint, resume, protocol, chunkSize, atOnce] = process.argv.slice(2);
        new tus.Upload(fs.createReadStream(file), {
            endpoint,
            protocol,
            chunkSize: Number(chunkSize),
            uploadUrl: resume === '-' ? null : resume,
            uploadDataDuringCreation: atOnce === 'true',
            storeFingerprintForResuming: false,
            retryDelays: [200, 1000, 3000],
            onChunkComplete: (_, offset) => console.log('at ' + offset),
            onError: error => { console.error(String(error)); process.exitCode = 1; },
            onSuccess: () => console.log('done'),
        }).start();
        """;

    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    /// <summary>Why it cannot be used, if it cannot.</summary>
    public string? Obstacle { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!ClientProcess.IsAvailable("node") || !ClientProcess.IsAvailable("npm"))
        {
            Obstacle = "node or npm is not installed";
            return;
        }

        await using var install = ClientProcess.Start(
            "npm",
            ["install", "--no-audit", "--no-fund", "--ignore-scripts", Package],
            new ClientProcessOptions { WorkingDirectory = _folder.Path });
        try
        {
            Obstacle = await install.WaitAsync(InstallTime) == 0 ? null : $"npm could not install {Package}";
        }
        catch (TimeoutException)
        {
            Obstacle = $"npm could not install {Package} in time";
        }

        _folder.Write("send.js", System.Text.Encoding.UTF8.GetBytes(Script));
    }

    /// <summary>Sends a file, or what is still to be sent of it.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="url">Where to.</param>
    /// <param name="protocol">The version of the draft, in the package's words.</param>
    /// <param name="chunkBytes">The size of a piece.</param>
    /// <param name="resumes">Whether to go on where it broke off.</param>
    /// <param name="withData">Whether the first request has the first piece.</param>
    public ClientProcess Send(string file, string url, string protocol, int chunkBytes, bool resumes = false, bool withData = false)
        => ClientProcess.Start("node", [_folder["send.js"], file, url, resumes ? url : "-", protocol, $"{chunkBytes}", withData ? "true" : "false"]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
