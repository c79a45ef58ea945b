// npm leaves out optional packages (native parts of the test tools, say) whose `engines` refuse the Node that npm runs
// under. What will run them is the newer Node that the same install brings, so npm is told that one's version.
Object.defineProperty(process, 'version', { value: process.env.PENDOPO_NODE_VERSION });
