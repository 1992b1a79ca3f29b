using Beam.Client;

var link = BeamLink.Parse(args[0]);
using var beam = new BeamClient(link.BaseAddress);
try
{
    var received = await beam.ReceiveAsync(link, Environment.CurrentDirectory);
    Console.WriteLine($"{received.Path}: {received.Bytes} bytes, sha256 {received.Sha256}{(received.IsVerified ? ", verified" : "")}");
}
catch (BeamException exception)
{
    Environment.ExitCode = 1;
    Console.Error.WriteLine($"{exception.Error}: {exception.Message}");
}
