namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>The npm package tus-js-client, installed once for the tests that use it.</summary>
public sealed class TusPackage : IAsyncLifetime
{
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

    private NpmPackage? _package;

    /// <summary>Why it cannot be used, if it cannot.</summary>
    public string? Obstacle => _package?.Obstacle;

    public async ValueTask InitializeAsync()
    {
        _package = await NpmPackage.InstallAsync("tus-js-client@4.3.1");
        _package.Folder.Write("send.js", System.Text.Encoding.UTF8.GetBytes(Script));
    }

    /// <summary>Sends a file, or what is still to be sent of it.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="url">Where to.</param>
    /// <param name="protocol">The version of the draft, in the package's words.</param>
    /// <param name="chunkBytes">The size of a piece.</param>
    /// <param name="resumes">Whether to go on where it broke off.</param>
    /// <param name="withData">Whether the first request has the first piece.</param>
    public ClientProcess Send(string file, string url, string protocol, int chunkBytes, bool resumes = false, bool withData = false)
        => ClientProcess.Start(
            "node",
            [_package!.Folder["send.js"], file, url, resumes ? url : "-", protocol, $"{chunkBytes}", withData ? "true" : "false"]);

    public ValueTask DisposeAsync()
    {
        _package?.Dispose();
        return ValueTask.CompletedTask;
    }
}
